// SPDX-License-Identifier: Apache-2.0

// Command interop is the other side of the interoperability test: Go's ttrpc as a server for our
// client ("serve SOCKET") and as a client of our server ("call SOCKET").
package main

import (
	"context"
	"fmt"
	"os"

	"google.golang.org/protobuf/types/known/wrapperspb"
)

const service = "silica.test.Echo"

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: interop serve|call SOCKET")
		os.Exit(2)
	}
	run := map[string]func(context.Context, string) error{"serve": serve, "call": call}[os.Args[1]]
	if err := run(context.Background(), os.Args[2]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func text(value string) *wrapperspb.StringValue {
	return wrapperspb.String(value)
}
