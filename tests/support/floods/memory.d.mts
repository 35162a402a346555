export declare function residentMb(pid: number): number | null;
export declare function openFilesLimit(): number;
