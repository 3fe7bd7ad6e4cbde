// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// serve answers until standard input ends.
func serve(ctx context.Context, socket string) error {
	server, err := ttrpc.NewServer()
	if err != nil {
		return err
	}
	server.RegisterService(service, &ttrpc.ServiceDesc{
		Methods: map[string]ttrpc.Method{
			"Echo":     unary(echo),
			"Fail":     unary(fail),
			"Metadata": unary(metadata),
			"Deadline": unary(deadline),
		},
		Streams: streams(),
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
	if err := server.Serve(ctx, listener); err != ttrpc.ErrServerClosed {
		return err
	}
	return nil
}

type handler func(context.Context, string) (string, error)

func unary(handle handler) ttrpc.Method {
	return func(ctx context.Context, unmarshal func(any) error) (any, error) {
		var request wrapperspb.StringValue
		if err := unmarshal(&request); err != nil {
			return nil, err
		}
		answer, err := handle(ctx, request.Value)
		return text(answer), err
	}
}

func echo(_ context.Context, value string) (string, error) {
	return value, nil
}

func fail(_ context.Context, value string) (string, error) {
	return "", status.Error(codes.NotFound, "no "+value)
}

// metadata answers with the value of a key.
func metadata(ctx context.Context, key string) (string, error) {
	value, _ := ttrpc.GetMetadataValue(ctx, key)
	return value, nil
}

// deadline says whether there is one, and waits for it.
func deadline(ctx context.Context, _ string) (string, error) {
	if _, ok := ctx.Deadline(); !ok {
		return "none", nil
	}
	<-ctx.Done()
	return "", ctx.Err()
}
