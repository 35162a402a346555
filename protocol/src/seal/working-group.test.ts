import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, Reader, toHex } from '../wire/index.ts';
import { ccmDecrypt, ccmEncrypt, macHolds, macTag, signatureHolds, signatureOf } from './cose.ts';
import { frameBytes, parseFrame } from './frame.ts';
import { nonceOf } from './nonce.ts';

/**
 * Figures of the COSE working group (github.com/cose-wg/Examples), each under the number it has there. They have no kid, or
 * more headers than POU allows, so the seals themselves refuse them; what is checked here are the structures below.
 */
const bytes = (hex: string) => fromHex(hex.toLowerCase()) as Uint8Array;
const content = bytes('546869732069732074686520636F6E74656E742E');
const nothing = new Uint8Array(0);
const secret = bytes('849B57219DAE48DE646D07DBB533566E976686457C1491BE3A76DCEA6C427188');

/** The members of a COSE structure of any shape, without a judgement. */
function members(frame: string): { tag: number; parts: Uint8Array[] } {
  const reader = new Reader(bytes(frame));
  const tag = reader.tag();
  const count = reader.arrayHead(3, 4);
  const parts: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    if (i === 1) reader.skip(1);
    else parts.push(reader.byteString(0, 1000));
  }
  reader.finish();
  expect(reader.code, reader.detail).toBe(0);
  return { tag, parts };
}

const part = (frame: string, index: number) => members(frame).parts[index] as Uint8Array;

describe('COSE_Mac0', () => {
  const pass = 'D18443A10104A054546869732069732074686520636F6E74656E742E4811F9E357975FB849';

  it('makes the tag of HMac-enc-05', () => {
    const covered = { protectedHeader: bytes('A10104'), aad: nothing };
    expect(toHex(macTag(secret, covered, content)).toUpperCase()).toBe('11F9E357975FB849');
    expect(part(pass, 1)).toEqual(content);
    expect(macHolds(part(pass, 2), secret, covered, part(pass, 1))).toBe(true);
  });

  it.each([
    ['mac-fail-02, ChangeTag', 'A10104', '11F9E357975FB84A', content],
    ['mac-fail-06, AddProtected ctyp', 'A201040300', '11F9E357975FB849', content],
    ['mac-fail-07, RemoveProtected', '', '11F9E357975FB849', content],
    ['another text', 'A10104', '11F9E357975FB849', content.slice(1)],
  ])('refuses what %s does to it', (_, header, tag, payload) => {
    const covered = { protectedHeader: bytes(header), aad: nothing };
    expect(macHolds(bytes(tag), secret, covered, payload)).toBe(false);
  });

  it('covers external data as mac-pass-02 does, cut to 64 bits', () => {
    const covered = { protectedHeader: nothing, aad: bytes('FF00EE11DD22CC33BB44AA559966') };
    expect(toHex(macTag(secret, covered, content)).toUpperCase()).toBe('0FECAEC59BB46CC8');
    expect(macHolds(bytes('0FECAEC59BB46CC8'), secret, { ...covered, aad: nothing }, content)).toBe(false);
  });

  it('makes the tag of the first outline of the protocol, which cose-js verified', () => {
    const data = bytes(
      'a9000101190408021901a1031a052688e704449372c470050c078184010001a201020201080109190352',
    );
    const aad = bytes('8464706f75316461636d6569627277372d3030343200');
    expect(toHex(macTag(secret, { protectedHeader: bytes('A10104'), aad }, data))).toBe('c987273cbbf540e0');
  });

  it('refuses a tag of another length', () => {
    const covered = { protectedHeader: bytes('A10104'), aad: nothing };
    expect(macHolds(bytes('11F9E357975FB8'), secret, covered, content)).toBe(false);
    expect(macHolds(nothing, secret, covered, content)).toBe(false);
  });
});

describe('COSE_Encrypt0', () => {
  const frame =
    'D08343A1010AA1054D89F52F65A1C580933B5261A72F581C6899DA0A132BD2D2B9B10915743EE1F7B92A4680E7C51BDBC1B320EA';
  const input = {
    key: secret.slice(0, 16),
    nonce: bytes('89F52F65A1C580933B5261A72F'),
    protectedHeader: bytes('A1010A'),
    aad: nothing,
  };

  it('makes and reads the ciphertext of aes-ccm-enc-01', () => {
    expect(ccmEncrypt(input, content)).toEqual(part(frame, 1));
    expect(ccmDecrypt(input, part(frame, 1))).toEqual(content);
  });

  it('reads Appendix_C_4_2 of RFC 8152, whose nonce is of a Partial IV', () => {
    const key = bytes('849B5786457C1491BE3A76DCEA6C4271');
    // That context IV is not zero, ours is: the two are one by XOR.
    const nonce = nonceOf(bytes('61A7'));
    expect(toHex(nonce)).toBe('000000000000000000000061a7');
    const context = bytes('89F52F65A1C580930000000000');
    const mixed = nonce.map((byte, i) => byte ^ (context[i] as number));
    const text = ccmDecrypt(
      { ...input, key, nonce: mixed },
      bytes('252A8911D465C125B6764739700F0141ED09192DE139E053BD09ABCA'),
    );
    expect(text).toEqual(content);
  });

  it.each([
    ['enc-fail-02, ChangeTag', { ...input }, '6899DA0A132BD2D2B9B10915743EE1F7B92A4680E7C51BDBC1B320EB'],
    [
      'enc-fail-06, AddProtected ctyp',
      { ...input, protectedHeader: bytes('A2010A0300') },
      '6899DA0A132BD2D2B9B10915743EE1F7B92A4680E7C51BDBC1B320EA',
    ],
    [
      'enc-pass-02, external data that the sender did not have',
      { ...input, aad: bytes('0011BBCC22DD4455DD220099') },
      '6899DA0A132BD2D2B9B10915743EE1F7B92A4680E7C51BDBC1B320EA',
    ],
    [
      'aes-ccm-enc-02, the tag of 128 bits',
      input,
      '6899DA0A132BD2D2B9B10915743EE1F7B92A4680903F2C00D37E14D4EBDC7EF2C03CF5A9',
    ],
    ['a ciphertext shorter than a tag', input, '6899DA0A132BD2'],
  ])('refuses what %s does to it', (_, changed, ciphertext) => {
    expect(ccmDecrypt(changed, bytes(ciphertext))).toBe(null);
  });
});

describe('COSE_Sign1', () => {
  const x = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
  const d = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
  const okp = { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') };
  const ed25519 = createPublicKey({ key: okp, format: 'jwk' });
  const eddsaFrame =
    'D28445A201270300A10442313154546869732069732074686520636F6E74656E742E58407142FD2FF96D56DB85BEE905A76BA1D0B7321A95C8C4D3607C5781932B7AFB8711497DFA751BF40B58B3BCC32300B1487F3DB34085EEF013BF08F4A44D6FEF0D';
  const p256 = createPublicKey({
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: 'usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8',
      y: 'IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4',
    },
    format: 'jwk',
  });
  const ecdsaFrame =
    'D28445A201260300A10442313154546869732069732074686520636F6E74656E742E58406520BBAF2081D7E0ED0F95F76EB0733D667005F7467CEC4B87B9381A6BA1EDE8E00DF29F32A37230F39A842A54821FDD223092819D7728EFB9D3A0080B75380B';
  const external =
    'D28443A10126A10442313154546869732069732074686520636F6E74656E742E584010729CD711CB3813D8D8E944A8DA7111E7B258C9BDCA6135F7AE1ADBEE9509891267837E1E33BD36C150326AE62755C6BD8E540C3E8F92D7D225E8DB72B8820B';

  it.each([
    ['eddsa-sig-01', ed25519, eddsaFrame, ''],
    ['ecdsa-sig-01', p256, ecdsaFrame, ''],
    ['sign-pass-02, external data', p256, external, '11AA22BB33CC44DD55006699'],
  ])('accepts the signature of %s', (_, key, frame, aad) => {
    const [protectedHeader, payload, signature] = members(frame).parts as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const covered = { protectedHeader, aad: bytes(aad) };
    expect(signatureHolds(signature, key, covered, payload)).toBe(true);
    expect(signatureHolds(signature, key, { ...covered, aad: bytes('00') }, payload)).toBe(false);
    expect(signatureHolds(signature, key === p256 ? ed25519 : p256, covered, payload)).toBe(false);
    expect(signatureHolds(signature.slice(1), key, covered, payload)).toBe(false);
  });

  it('makes the signature of eddsa-sig-01 again', () => {
    const key = createPrivateKey({ key: { ...okp, d: d.toString('base64url') }, format: 'jwk' });
    const covered = { protectedHeader: part(eddsaFrame, 0), aad: nothing };
    expect(signatureOf(key, covered, content)).toEqual(part(eddsaFrame, 2));
  });

  const failures =
    '8EB33E4CA31D1C465AB05AAC34CC6B23D58FEF5C083106C4D25A91AEF0B0117E2AF9A291AA32E14AB834DC56ED2A223444547E01F11D3B0916E5A4C345CACB36';
  it.each([
    ['sign-fail-02', 'A10126', '546869732069732074686520636F6E74656E742F'],
    ['sign-fail-03', 'A1013903E6', '546869732069732074686520636F6E74656E742E'],
    ['sign-fail-06', 'A201260300', '546869732069732074686520636F6E74656E742E'],
  ])('refuses %s', (_, header, payload) => {
    const signature = bytes(failures);
    expect(
      signatureHolds(signature, p256, { protectedHeader: bytes(header), aad: nothing }, bytes(payload)),
    ).toBe(false);
    const whole = { protectedHeader: bytes('A10126'), aad: nothing };
    expect(signatureHolds(signature, p256, whole, content)).toBe(true);
  });

  it('refuses sign-fail-07, whose protected header lost what was signed', () => {
    const covered = { protectedHeader: bytes('A10126'), aad: nothing };
    expect(signatureHolds(part(ecdsaFrame, 2), p256, covered, content)).toBe(false);
  });
});

describe('the frame of a seal', () => {
  it.each([
    [
      'mac-fail-01, another tag',
      'D903E08443A10105A054546869732069732074686520636F6E74656E742E5820A1A848D3471F9D61EE49018D244C824772F223AD4F935293F1789FC3A08D8C58',
    ],
    [
      'mac-fail-03, algorithm -999',
      'D18445A1013903E6A054546869732069732074686520636F6E74656E742E5820A1A848D3471F9D61EE49018D244C824772F223AD4F935293F1789FC3A08D8C58',
    ],
    [
      'mac-fail-04, an algorithm in words',
      'D1844AA10167556E6B6E6F776EA054546869732069732074686520636F6E74656E742E5820A1A848D3471F9D61EE49018D244C824772F223AD4F935293F1789FC3A08D8C58',
    ],
    [
      'mac-pass-01, an algorithm that is not protected',
      'D18441A0A1010554546869732069732074686520636F6E74656E742E5820176DCE14C1E57430C13658233F41DC89AA4FA0FF9B8783F23B0EF51CA6B026BC',
    ],
    [
      'mac-pass-03, no tag',
      '8440A1010554546869732069732074686520636F6E74656E742E5820176DCE14C1E57430C13658233F41DC89AA4FA0FF9B8783F23B0EF51CA6B026BC',
    ],
    ['HMac-enc-05, no kid', 'D18443A10104A054546869732069732074686520636F6E74656E742E4811F9E357975FB849'],
    [
      'HMac-01, HMAC 256/256',
      'D18443A10105A054546869732069732074686520636F6E74656E742E5820A1A848D3471F9D61EE49018D244C824772F223AD4F935293F1789FC3A08D8C58',
    ],
    [
      'enc-fail-01, another tag',
      'D903E38343A10101A1054C02D1F7E6F26C43D4868D87CE582460973A94BB2898009EE52ECFD9AB1DD25867374B162E2C03568B41F57C3CC16F9166250A',
    ],
    [
      'aes-ccm-enc-01, IV and no Partial IV',
      'D08343A1010AA1054D89F52F65A1C580933B5261A72F581C6899DA0A132BD2D2B9B10915743EE1F7B92A4680E7C51BDBC1B320EA',
    ],
    [
      'sign-fail-01, another tag',
      'D903E68443A10126A10442313154546869732069732074686520636F6E74656E742E58408EB33E4CA31D1C465AB05AAC34CC6B23D58FEF5C083106C4D25A91AEF0B0117E2AF9A291AA32E14AB834DC56ED2A223444547E01F11D3B0916E5A4C345CACB36',
    ],
    [
      'sign-fail-04, an algorithm in words',
      'D2844AA10167756E6B6E6F776EA10442313154546869732069732074686520636F6E74656E742E58408EB33E4CA31D1C465AB05AAC34CC6B23D58FEF5C083106C4D25A91AEF0B0117E2AF9A291AA32E14AB834DC56ED2A223444547E01F11D3B0916E5A4C345CACB36',
    ],
    [
      'eddsa-sig-01, a protected content type',
      'D28445A201270300A10442313154546869732069732074686520636F6E74656E742E58407142FD2FF96D56DB85BEE905A76BA1D0B7321A95C8C4D3607C5781932B7AFB8711497DFA751BF40B58B3BCC32300B1487F3DB34085EEF013BF08F4A44D6FEF0D',
    ],
  ])('is narrower than COSE: %s is refused', (_, frame) => {
    expect(parseFrame(bytes(frame)).ok).toBe(false);
  });

  it('takes sign-pass-02 as it is, and writes the same bytes again', () => {
    const frame = bytes(
      'D28443A10126A10442313154546869732069732074686520636F6E74656E742E584010729CD711CB3813D8D8E944A8DA7111E7B258C9BDCA6135F7AE1ADBEE9509891267837E1E33BD36C150326AE62755C6BD8E540C3E8F92D7D225E8DB72B8820B',
    );
    const parsed = parseFrame(frame);
    if (!parsed.ok) expect.fail(parsed.error.detail);
    expect(parsed.value.algorithm).toBe(-7);
    expect(frameBytes(parsed.value)).toEqual(frame);
  });
});
