// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.types.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A bundle as containerd makes it: a specification, the sandbox's id, an empty rootfs. */
public final class Bundle {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String container;
    private final Path directory;
    private final Path image;
    private String stdin = "";
    private String stdout = "";

    private Bundle(String container, Path directory, Path image) {
        this.container = container;
        this.directory = directory;
        this.image = image;
    }

    /**
     * Makes a bundle.
     *
     * @param parent where it is to be
     * @param image the directory that becomes the root file system
     */
    public static Bundle create(
            Path parent, Path image, String sandbox, String container, List<String> args)
            throws IOException {
        Path directory = Files.createDirectories(parent.resolve(container));
        Files.createDirectories(directory.resolve("rootfs"));
        Files.writeString(directory.resolve("sandbox"), sandbox);
        var bundle = new Bundle(container, directory, image);
        bundle.write(spec(sandbox, args));
        return bundle;
    }

    /** Its directory. */
    public Path directory() {
        return directory;
    }

    /** Replaces the specification. */
    public void write(ObjectNode spec) throws IOException {
        write(JSON.writeValueAsBytes(spec));
    }

    /** Replaces the specification by whatever it may be. */
    public void write(byte[] spec) throws IOException {
        Files.write(directory.resolve("config.json"), spec);
    }

    /** Connects its standard output to a FIFO. */
    public Bundle stdout(Path fifo) {
        stdout = fifo.toString();
        return this;
    }

    /** Names its standard streams as they are; an empty one is none. */
    public Bundle stdio(String in, String out) {
        stdin = in;
        stdout = out;
        return this;
    }

    /** What containerd sends for it. */
    public CreateTaskRequest.Builder request() {
        return CreateTaskRequest.newBuilder()
                .setId(container)
                .setBundle(directory.toString())
                .setStdin(stdin)
                .setStdout(stdout)
                .addRootfs(
                        Mount.newBuilder()
                                .setType("bind")
                                .setSource(image.toString())
                                .addOptions("rbind")
                                .addOptions("rw"));
    }

    /** A specification with what CRI writes into every one. */
    public static ObjectNode spec(String sandbox, List<String> args) {
        ObjectNode spec = JSON.createObjectNode();
        spec.put("ociVersion", "1.2.1");
        ObjectNode process = spec.putObject("process");
        process.putObject("user").put("uid", 0).put("gid", 0);
        args.forEach(process.putArray("args")::add);
        process.putArray("env").add("PATH=/bin");
        process.put("cwd", "/");
        spec.putObject("root").put("path", "rootfs");
        spec.putArray("mounts");
        spec.putObject("annotations").put("io.kubernetes.cri.sandbox-id", sandbox);
        spec.putObject("linux").putArray("namespaces");
        return spec;
    }
}
