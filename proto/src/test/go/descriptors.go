// SPDX-License-Identifier: Apache-2.0

// Command descriptors writes to standard output, as one binary FileDescriptorSet, the protobuf
// descriptors that the Go modules of containerd and of Kubernetes' CRI carry in themselves: the
// wire contract as it is compiled into the programs that we talk to.
package main

import (
	"os"

	_ "github.com/containerd/cgroups/v3/cgroup1/stats"
	_ "github.com/containerd/cgroups/v3/cgroup2/stats"
	_ "github.com/containerd/containerd/api/events"
	_ "github.com/containerd/containerd/api/runtime/task/v2"
	_ "github.com/containerd/containerd/api/runtime/task/v3"
	_ "github.com/containerd/containerd/api/services/events/v1"
	_ "github.com/containerd/containerd/api/services/sandbox/v1"
	_ "github.com/containerd/containerd/api/services/streaming/v1"
	_ "github.com/containerd/containerd/api/services/ttrpc/events/v1"
	_ "github.com/containerd/containerd/api/types"
	_ "github.com/containerd/containerd/api/types/runc/options"
	_ "github.com/containerd/containerd/api/types/runtimeoptions/v1"
	_ "github.com/containerd/containerd/api/types/task"
	_ "github.com/containerd/containerd/api/types/transfer"
	_ "github.com/containerd/ttrpc"
	_ "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	_ "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func main() {
	var files descriptorpb.FileDescriptorSet
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		files.File = append(files.File, protodesc.ToFileDescriptorProto(file))
		return true
	})
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(&files)
	if err == nil {
		_, err = os.Stdout.Write(bytes)
	}
	if err != nil {
		os.Stderr.WriteString("descriptors: " + err.Error() + "\n")
		os.Exit(1)
	}
}
