// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// call makes calls of every kind to our server and says which answers were not as expected.
func call(ctx context.Context, socket string) error {
	connection, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	c := caller{client: ttrpc.NewClient(connection)}
	defer c.client.Close()

	c.answers(ctx, "Echo", "hello", "hello")
	c.answers(ctx, "Echo", "", "")
	c.answers(ctx, "EchoBlocking", "hello", "hello")
	long := strings.Repeat("x", 4<<20-100)
	c.answers(ctx, "Echo", long, long)
	c.answers(ctx, "EchoBlocking", long, long)
	c.fails(ctx, service, "Fail", codes.NotFound, "no task")
	c.fails(ctx, service, "None", codes.Unimplemented, "method None")
	c.fails(ctx, "other.Service", "Echo", codes.Unimplemented, "service other.Service")
	c.refusesStream(ctx)
	c.streams(ctx)
	c.keepsDeadline(ctx)
	c.servesConcurrently(ctx)
	c.answers(ttrpc.WithMetadata(ctx, ttrpc.MD{"namespace": {"k8s.io"}}), "Echo", "last", "last")
	return errors.Join(c.problems...)
}

type caller struct {
	client   *ttrpc.Client
	mutex    sync.Mutex
	problems []error
}

func (c *caller) problem(format string, arguments ...any) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.problems = append(c.problems, fmt.Errorf(format, arguments...))
}

func (c *caller) answers(ctx context.Context, method, request, want string) {
	var answer wrapperspb.StringValue
	if err := c.client.Call(ctx, service, method, text(request), &answer); err != nil {
		c.problem("%s: %w", method, err)
	} else if answer.Value != want {
		c.problem("%s: answered %d bytes that are not those expected", method, len(answer.Value))
	}
}

func (c *caller) fails(ctx context.Context, service, method string, code codes.Code, words string) {
	var answer wrapperspb.StringValue
	err := c.client.Call(ctx, service, method, text("task"), &answer)
	c.expect(method, err, code, words)
}

func (c *caller) expect(what string, err error, code codes.Code, words string) {
	if status.Code(err) != code || status.Convert(err).Message() != words {
		c.problem("%s: %v instead of %v %q", what, err, code, words)
	}
}

// refusesStream opens a stream as containerd does, which sends its first message at once.
func (c *caller) refusesStream(ctx context.Context) {
	description := &ttrpc.StreamDesc{StreamingClient: true, StreamingServer: true}
	stream, err := c.client.NewStream(ctx, description, service, "Stream", nil)
	if err != nil {
		c.problem("Stream: %w", err)
		return
	}
	if err := stream.SendMsg(text("init")); err != nil {
		c.problem("Stream: %w", err)
	}
	var answer wrapperspb.StringValue
	c.expect("Stream", stream.RecvMsg(&answer), codes.Unimplemented, "set io_type to fifo")
}

func (c *caller) keepsDeadline(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	var answer wrapperspb.StringValue
	err := c.client.Call(ctx, service, "Hold", text(""), &answer)
	if status.Code(err) != codes.DeadlineExceeded && !errors.Is(err, context.DeadlineExceeded) {
		c.problem("Hold: %v instead of an exceeded deadline", err)
	}
}

func (c *caller) servesConcurrently(ctx context.Context) {
	var callers sync.WaitGroup
	for i := range 64 {
		method := []string{"Echo", "EchoBlocking"}[i%2]
		callers.Go(func() {
			for n := range 50 {
				value := fmt.Sprintf("%d.%d", i, n)
				c.answers(ctx, method, value, value)
			}
		})
	}
	callers.Wait()
}
