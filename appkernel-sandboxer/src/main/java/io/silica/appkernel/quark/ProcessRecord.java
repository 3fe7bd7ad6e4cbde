// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.FileTree;
import io.silica.linux.OwnFiles;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is written down about a process, so that the next daemon can start it.
 *
 * <pre>
 *   process    its OCI process, in JSON
 *   streams    those that containerd names; without them it is not complete
 *   started    it was started
 *   execs/ID/  the same of a process that was added
 * </pre>
 *
 * @param directory in a pod's, where nobody but us writes
 */
record ProcessRecord(Path directory) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Makes it; {@link #complete} makes it count. */
    void create(byte[] process) {
        OwnFiles.directory(directory);
        OwnFiles.write(directory.resolve("process"), process);
    }

    void complete(Stdio stdio) {
        var node = JSON.createObjectNode().put("stdin", stdio.stdin());
        node.put("stdout", stdio.stdout()).put("stderr", stdio.stderr());
        node.put("terminal", stdio.terminal());
        OwnFiles.write(directory.resolve("streams"), JSON.writeValueAsBytes(node));
    }

    boolean isComplete() {
        return Files.exists(directory.resolve("streams"));
    }

    byte[] process() {
        return content("process");
    }

    Stdio stdio() {
        JsonNode node = JSON.readTree(content("streams"));
        return new Stdio(
                node.path("stdin").asString(""),
                node.path("stdout").asString(""),
                node.path("stderr").asString(""),
                node.path("terminal").asBoolean(false));
    }

    private byte[] content(String name) {
        return OwnFiles.read(directory.resolve(name))
                .orElseThrow(() -> new IllegalStateException(directory + " has no file " + name));
    }

    void noteStarted() {
        OwnFiles.write(directory.resolve("started"), new byte[0]);
    }

    boolean hasStarted() {
        return Files.exists(directory.resolve("started"));
    }

    /** That of a process that was added to this one's container. */
    ProcessRecord exec(ExecId id) {
        OwnFiles.directoryIfMissing(directory.resolve("execs"));
        return new ProcessRecord(directory.resolve("execs").resolve(id.value()));
    }

    /** Those that were added. */
    List<ExecId> execs() {
        return OwnFiles.directories(directory.resolve("execs")).stream()
                .map(it -> new ExecId(it.getFileName().toString()))
                .toList();
    }

    void remove() {
        try {
            FileTree.remove(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
