// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const manyMessages = 300

var (
	clientStreams = &ttrpc.StreamDesc{StreamingClient: true}
	serverStreams = &ttrpc.StreamDesc{StreamingServer: true}
	bothStream    = &ttrpc.StreamDesc{StreamingClient: true, StreamingServer: true}
)

// streams are those that our client calls.
func streams() map[string]ttrpc.Stream {
	return map[string]ttrpc.Stream{
		"Count": {Handler: count, StreamingServer: true},
		"Join":  {Handler: join, StreamingClient: true},
		"Chat":  {Handler: chat, StreamingClient: true, StreamingServer: true},
		"Early": {Handler: early, StreamingClient: true, StreamingServer: true},
	}
}

// count answers with the numbers up to that of the request.
func count(_ context.Context, stream ttrpc.StreamServer) (any, error) {
	last, err := receive(stream)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(last)
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, "no number")
	}
	for i := 1; i <= n; i++ {
		if err := stream.SendMsg(text(strconv.Itoa(i))); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func join(_ context.Context, stream ttrpc.StreamServer) (any, error) {
	all := ""
	for {
		word, err := receive(stream)
		if err == io.EOF {
			return text(all), nil
		} else if err != nil {
			return nil, err
		}
		all += word
	}
}

// chat is an echo, which fails when it is told to.
func chat(_ context.Context, stream ttrpc.StreamServer) (any, error) {
	for {
		word, err := receive(stream)
		if err == io.EOF {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		if word == "fail" {
			return nil, status.Error(codes.Aborted, "as told")
		}
		if err := stream.SendMsg(text(word)); err != nil {
			return nil, err
		}
	}
}

// early ends after the first message, with one more of its own.
func early(_ context.Context, stream ttrpc.StreamServer) (any, error) {
	_, err := receive(stream)
	return text("enough"), err
}

func receive(stream interface{ RecvMsg(any) error }) (string, error) {
	var message wrapperspb.StringValue
	err := stream.RecvMsg(&message)
	return message.Value, err
}

// streams calls a stream of every kind.
func (c *caller) streams(ctx context.Context) {
	c.counts(ctx)
	c.joins(ctx)
	c.chats(ctx)
	c.failsInTheMiddle(ctx)
}

func (c *caller) open(ctx context.Context, description *ttrpc.StreamDesc, method string, request any) ttrpc.ClientStream {
	stream, err := c.client.NewStream(ctx, description, service, method, request)
	if err != nil {
		c.problem("%s: %w", method, err)
	}
	return stream
}

func (c *caller) counts(ctx context.Context) {
	stream := c.open(ctx, serverStreams, "Count", text(strconv.Itoa(manyMessages)))
	for i := 1; i <= manyMessages; i++ {
		c.receives(stream, "Count", strconv.Itoa(i))
	}
	c.ends(stream, "Count")
}

func (c *caller) joins(ctx context.Context) {
	stream := c.open(ctx, clientStreams, "Join", nil)
	for _, word := range []string{"a", "", "b"} {
		c.sends(stream, "Join", word)
	}
	if err := stream.CloseSend(); err != nil {
		c.problem("Join: %w", err)
	}
	c.receives(stream, "Join", "ab")
}

func (c *caller) chats(ctx context.Context) {
	stream := c.open(ctx, bothStream, "Chat", nil)
	for i := range manyMessages {
		word := strconv.Itoa(i)
		c.sends(stream, "Chat", word)
		c.receives(stream, "Chat", word)
	}
	c.sends(stream, "Chat", "")
	c.receives(stream, "Chat", "")
	if err := stream.CloseSend(); err != nil {
		c.problem("Chat: %w", err)
	}
	c.ends(stream, "Chat")
}

func (c *caller) failsInTheMiddle(ctx context.Context) {
	stream := c.open(ctx, bothStream, "Chat", nil)
	c.sends(stream, "Chat", "fail")
	_, err := receive(stream)
	c.expect("Chat", err, codes.Aborted, "as told")
}

func (c *caller) sends(stream ttrpc.ClientStream, what, word string) {
	if err := stream.SendMsg(text(word)); err != nil {
		c.problem("%s: %w", what, err)
	}
}

func (c *caller) receives(stream ttrpc.ClientStream, what, want string) {
	if word, err := receive(stream); err != nil || word != want {
		c.problem("%s: received %q, %v instead of %q", what, word, err, want)
	}
}

func (c *caller) ends(stream ttrpc.ClientStream, what string) {
	if word, err := receive(stream); !errors.Is(err, io.EOF) {
		c.problem("%s: received %q, %v instead of the end", what, word, err)
	}
}
