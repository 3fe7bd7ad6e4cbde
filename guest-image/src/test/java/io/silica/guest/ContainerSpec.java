// SPDX-License-Identifier: Apache-2.0
package io.silica.guest;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.guest.GuestContainer;
import io.silica.proto.guest.GuestMount;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A container as containerd 2.2 specifies it for CRI, of busybox in the shared directory. */
final class ContainerSpec {
    private final String id;
    private final String arguments;
    private String memory = "";
    private String mounts = "";
    private boolean terminal;
    private boolean input;
    private final GuestContainer.Builder made =
            GuestContainer.newBuilder().setRootfs("rootfs").setWritableBytes(8 << 20);

    private ContainerSpec(String id, String arguments) {
        this.id = id;
        this.arguments = arguments;
    }

    static ContainerSpec shell(String id, String script) {
        return of(id, "/bin/busybox", "sh", "-c", script);
    }

    static ContainerSpec of(String id, String... arguments) {
        return new ContainerSpec(id, strings(List.of(arguments)));
    }

    private static String strings(List<String> strings) {
        return strings.stream()
                .map(it -> "\"" + escaped(it) + "\"")
                .collect(Collectors.joining(","));
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    ContainerSpec memory(long bytes) {
        memory = ", \"memory\": {\"limit\": " + bytes + ", \"swap\": " + bytes + "}";
        return this;
    }

    ContainerSpec terminal() {
        terminal = true;
        return this;
    }

    ContainerSpec input() {
        input = true;
        return this;
    }

    ContainerSpec volume(String destination, String source, boolean readOnly) {
        mounts +=
                """
                ,{"destination": "%s", "type": "bind", "source": "/var/lib/kubelet/x",
                  "options": ["rbind", "rprivate", "%s"]}
                """
                        .formatted(destination, readOnly ? "ro" : "rw");
        made.addMounts(
                GuestMount.newBuilder()
                        .setDestination(destination)
                        .setSource(source)
                        .setReadOnly(readOnly));
        return this;
    }

    /** An additional process. */
    static String process(String script) {
        return process(strings(List.of("/bin/busybox", "sh", "-c", script)), false);
    }

    private static String process(String arguments, boolean terminal) {
        var capabilities =
                Stream.of("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_RAW", "SETUID", "SETGID")
                        .map(it -> "\"CAP_" + it + "\"")
                        .collect(Collectors.joining(","));
        return """
        {"terminal": %s, "user": {"uid": 0, "gid": 0, "additionalGids": [0]}, "args": [%s],
         "env": ["PATH=/bin", "TERM=xterm"], "cwd": "/", "noNewPrivileges": true, "oomScoreAdj": 100,
         "apparmorProfile": "cri-containerd.apparmor.d",
         "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024}],
         "capabilities": {"bounding": [%s], "effective": [%s], "permitted": [%s]}}
        """
                .formatted(terminal, arguments, capabilities, capabilities, capabilities);
    }

    private String json() {
        return """
        {"ociVersion": "1.2.1", "process": %s, "root": {"path": "rootfs"}, "hostname": "h",
         "annotations": {"io.kubernetes.cri.container-type": "container"},
         "mounts": [
          {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"]},
          {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
           "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
          {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
           "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
          {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": ["nosuid", "noexec", "nodev"]},
          {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]},
          {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
           "options": ["nosuid", "noexec", "nodev", "relatime", "ro"]},
          {"destination": "/etc/hosts", "type": "bind", "source": "/var/lib/containerd/hosts",
           "options": ["rbind", "rprivate", "rw"]},
          {"destination": "/dev/shm", "type": "bind", "source": "/run/containerd/shm",
           "options": ["rbind", "ro", "rprivate", "rw"]}%s],
         "linux": {"cgroupsPath": "/kubepods/%s",
          "resources": {"devices": [{"allow": false, "access": "rwm"}], "cpu": {"shares": 512}%s},
          "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"},
           {"type": "network", "path": "/run/netns/x"}],
          "seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
           "syscalls": [{"names": ["swapon"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95}]},
          "maskedPaths": ["/proc/kcore", "/proc/keys"], "readonlyPaths": ["/proc/sys"]}}
        """
                .formatted(process(arguments, terminal), mounts, id, memory);
    }

    CreateTaskRequest request() {
        made.setSpec(ByteString.copyFromUtf8(json()));
        return CreateTaskRequest.newBuilder()
                .setId(id)
                .setTerminal(terminal)
                .setStdin(input ? "in" : "")
                .setStdout("out")
                .setStderr(terminal ? "" : "err")
                .setOptions(Any.newBuilder().setValue(made.build().toByteString()))
                .build();
    }
}
