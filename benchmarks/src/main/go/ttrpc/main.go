// SPDX-License-Identifier: Apache-2.0

// Command ttrpcbenchmark is Go's ttrpc as a server ("serve SOCKET") and as the load on any server
// ("load SOCKET METHOD CONNECTIONS CALLERS SECONDS", which prints calls, p50 and p99 in nanoseconds,
// and calls a second).
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const (
	service      = "silica.benchmark.Echo"
	payloadBytes = 200
)

func main() {
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "serve":
		err = serve(os.Args[2])
	case len(os.Args) == 7 && os.Args[1] == "load":
		err = load(os.Args[2], os.Args[3], number(4), number(5), time.Duration(number(6))*time.Second)
	default:
		err = fmt.Errorf("usage: ttrpcbenchmark serve SOCKET | load SOCKET METHOD CONNECTIONS CALLERS SECONDS")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func number(argument int) int {
	n, err := strconv.Atoi(os.Args[argument])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return n
}

// serve answers until standard input ends.
func serve(socket string) error {
	server, err := ttrpc.NewServer()
	if err != nil {
		return err
	}
	server.Register(service, map[string]ttrpc.Method{
		"Echo": func(_ context.Context, unmarshal func(any) error) (any, error) {
			var request wrapperspb.BytesValue
			err := unmarshal(&request)
			return &request, err
		},
	})
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	go func() {
		var end [1]byte
		_, _ = os.Stdin.Read(end[:])
		_ = server.Close()
	}()
	if err := server.Serve(context.Background(), listener); err != ttrpc.ErrServerClosed {
		return err
	}
	return nil
}

func load(socket, method string, connections, callers int, duration time.Duration) error {
	clients := make([]*ttrpc.Client, connections)
	for i := range clients {
		connection, err := net.Dial("unix", socket)
		if err != nil {
			return err
		}
		clients[i] = ttrpc.NewClient(connection)
		defer clients[i].Close()
	}
	samples := make([][]time.Duration, callers)
	errors := make(chan error, callers)
	begun := time.Now()
	var running sync.WaitGroup
	for i := range callers {
		running.Go(func() {
			var err error
			samples[i], err = call(clients[i%connections], method, begun.Add(duration))
			if err != nil {
				errors <- err
			}
		})
	}
	running.Wait()
	took := time.Since(begun)
	select {
	case err := <-errors:
		return err
	default:
		report(slices.Concat(samples...), took)
		return nil
	}
}

func call(client *ttrpc.Client, method string, until time.Time) ([]time.Duration, error) {
	request := wrapperspb.Bytes(make([]byte, payloadBytes))
	var response wrapperspb.BytesValue
	var samples []time.Duration
	for begun := time.Now(); begun.Before(until); begun = time.Now() {
		if err := client.Call(context.Background(), service, method, request, &response); err != nil {
			return nil, err
		}
		samples = append(samples, time.Since(begun))
	}
	return samples, nil
}

func report(samples []time.Duration, took time.Duration) {
	slices.Sort(samples)
	at := func(share float64) int64 {
		return samples[int(share*float64(len(samples)-1))].Nanoseconds()
	}
	fmt.Println(len(samples), at(0.5), at(0.99), int(float64(len(samples))/took.Seconds()))
}
