// An OTLP receiver: the OpenTelemetry Collector's own, whose consumers print what it understood, one JSON line a request.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

// What the consumers answer: nothing is wrong, it may pass, or it never will. A file says which, so that a test can change it.
func verdict() error {
	text, _ := os.ReadFile(os.Args[2])
	switch string(text) {
	case "busy":
		return errors.New("busy")
	case "refuse":
		return consumererror.NewPermanent(errors.New("not that"))
	}
	return nil
}

func say(kind string, bytes []byte, err error) error {
	if err != nil {
		return err
	}
	if err := verdict(); err != nil {
		return err
	}
	fmt.Printf("{\"kind\":%q,\"data\":%s}\n", kind, bytes)
	return nil
}

func main() {
	ctx := context.Background()
	factory := otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	wanted := map[string]any{"protocols": map[string]any{"http": map[string]any{"endpoint": os.Args[1]}}}
	must(confmap.NewFromStringMap(wanted).Unmarshal(config))
	metrics, err := consumer.NewMetrics(func(_ context.Context, data pmetric.Metrics) error {
		bytes, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(data)
		return say("metrics", bytes, err)
	})
	must(err)
	logs, err := consumer.NewLogs(func(_ context.Context, data plog.Logs) error {
		bytes, err := (&plog.JSONMarshaler{}).MarshalLogs(data)
		return say("logs", bytes, err)
	})
	must(err)
	settings := receivertest.NewNopSettings(factory.Type())
	ofMetrics, err := factory.CreateMetrics(ctx, settings, config, metrics)
	must(err)
	ofLogs, err := factory.CreateLogs(ctx, settings, config, logs)
	must(err)
	must(ofMetrics.Start(ctx, componenttest.NewNopHost()))
	must(ofLogs.Start(ctx, componenttest.NewNopHost()))
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
