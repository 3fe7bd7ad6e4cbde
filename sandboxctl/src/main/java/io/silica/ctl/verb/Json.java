// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import com.google.protobuf.Message;
import io.silica.ctl.cri.MessageTree;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What a runtime tells, as scripts want it. */
final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /** An object with a list as its only member, as crictl prints one. */
    static void printList(PrintStream out, String name, List<? extends Message> messages) {
        var tree = MAPPER.createObjectNode();
        var list = tree.putArray(name);
        messages.forEach(message -> list.add(MessageTree.of(message)));
        print(out, tree);
    }

    /**
     * A status, and what else the runtime tells.
     *
     * @param info JSON texts by their names; what is none is text
     */
    static void printStatus(PrintStream out, Message status, Map<String, String> info) {
        var tree = MAPPER.createObjectNode();
        tree.set("status", MessageTree.of(status));
        var more = tree.putObject("info");
        info.forEach((name, text) -> more.set(name, parsed(text)));
        print(out, tree);
    }

    private static JsonNode parsed(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException _) {
            return MAPPER.getNodeFactory().stringNode(text);
        }
    }

    private static void print(PrintStream out, JsonNode tree) {
        out.println(MAPPER.writeValueAsString(tree));
    }
}
