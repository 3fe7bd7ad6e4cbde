// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Specifications that nobody can mean, by what is wrong with each. */
final class HostileSpecs {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int TOO_MANY_MOUNTS = 5_001;
    private static final int TOO_MANY_VALUES = 1_000_000;
    private static final int TOO_DEEP = 100_000;
    private static final int TOO_LARGE = 10 << 20;

    private final String sandbox;
    private final List<String> args;
    private final Map<String, byte[]> all = new LinkedHashMap<>();

    private HostileSpecs(String sandbox, List<String> args) {
        this.sandbox = sandbox;
        this.args = args;
    }

    /**
     * All of them.
     *
     * @param sandbox whose container it would be
     * @param args of a program that would run
     */
    static Map<String, byte[]> all(String sandbox, List<String> args) {
        var specs = new HostileSpecs(sandbox, args);
        specs.documents();
        specs.processes();
        specs.limits();
        return specs.all;
    }

    private void documents() {
        all.put("ten megabytes", "{".repeat(TOO_LARGE).getBytes(UTF_8));
        all.put("nothing", new byte[0]);
        all.put("no object", "[]".getBytes(UTF_8));
        all.put("cut", cut());
        all.put("a key twice", with("\"args\"", "\"cwd\":\"/\",\"args\""));
        all.put("a depth bomb", with("\"mounts\":[]", "\"mounts\":" + nested()));
        all.put(
                "a million values",
                with("\"mounts\":[]", "\"mounts\":[" + "0,".repeat(TOO_MANY_VALUES) + "0]"));
    }

    private static String nested() {
        return "[".repeat(TOO_DEEP) + "]".repeat(TOO_DEEP);
    }

    private void processes() {
        put("no arguments", spec -> process(spec).putArray("args"));
        put("no program", spec -> process(spec).putArray("args").add(""));
        put("NUL in an argument", spec -> process(spec).putArray("args").add("/a\0b"));
        put("NUL in the environment", spec -> process(spec).putArray("env").add("A=\0"));
        put("a variable without a name", spec -> process(spec).putArray("env").add("=a"));
        put("a descriptor as directory", spec -> process(spec).put("cwd", "/proc/self/fd/7"));
        put("a relative directory", spec -> process(spec).put("cwd", "../.."));
        put(
                "a negative user",
                spec -> process(spec).putObject("user").put("uid", -1).put("gid", 0));
        put("a user that is no number", spec -> process(spec).putObject("user").put("uid", "0"));
        put("a root elsewhere", spec -> spec.putObject("root").put("path", "/"));
    }

    private void limits() {
        put("too many mounts", HostileSpecs::mounts);
        put(
                "an unknown namespace",
                spec ->
                        spec.putObject("linux")
                                .putArray("namespaces")
                                .addObject()
                                .put("type", "x"));
        put("a quota of nothing", spec -> cpu(spec).put("quota", 1).put("period", 100_000));
        put("no period", spec -> cpu(spec).put("quota", 50_000).put("period", 0));
        put("a range of CPUs without an end", spec -> cpu(spec).put("cpus", "0-"));
        put(
                "a negative memory limit",
                spec ->
                        spec.putObject("linux")
                                .putObject("resources")
                                .putObject("memory")
                                .put("limit", -2));
        put("a cgroup elsewhere", spec -> spec.putObject("linux").put("cgroupsPath", "/a/../../b"));
    }

    private static ObjectNode process(ObjectNode spec) {
        return (ObjectNode) spec.get("process");
    }

    private static ObjectNode cpu(ObjectNode spec) {
        return spec.putObject("linux").putObject("resources").putObject("cpu");
    }

    private static void mounts(ObjectNode spec) {
        var mounts = spec.putArray("mounts");
        for (int i = 0; i < TOO_MANY_MOUNTS; i++) {
            mounts.addObject().put("destination", "/m").put("type", "bind").put("source", "/");
        }
    }

    private void put(String what, Consumer<ObjectNode> change) {
        var spec = Bundle.spec(sandbox, args);
        change.accept(spec);
        all.put(what, JSON.writeValueAsBytes(spec));
    }

    private byte[] cut() {
        var whole = JSON.writeValueAsBytes(Bundle.spec(sandbox, args));
        return Arrays.copyOf(whole, whole.length / 2);
    }

    private byte[] with(String found, String put) {
        var text = JSON.writeValueAsString(Bundle.spec(sandbox, args));
        return text.replace(found, put).getBytes(UTF_8);
    }
}
