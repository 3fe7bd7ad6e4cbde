// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import io.silica.sandbox.OciSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A bundle's {@code config.json} that was read and found valid; it does not change. */
public final class OciDocument {
    private final ObjectNode tree;

    /**
     * Without the whole of it, which is written when it is asked for: of a document that is changed
     * nobody asks.
     */
    private final OciSpec parts;

    private OciDocument(ObjectNode tree, OciSpec parts) {
        this.tree = tree;
        this.parts = parts;
    }

    static OciDocument of(JsonNode tree) {
        Field root = Field.root("config.json", tree);
        return new OciDocument(tree.asObject(), SpecReader.read(root, ""));
    }

    /** What we read of it, and the whole of it. */
    public OciSpec spec() {
        return parts.withJson(tree.toString());
    }

    /**
     * This document as it is to be carried out in a pod.
     *
     * <p>containerd writes namespaces as those of the pid that the sandbox has, which is 0 where no
     * process stands for it: such a path leads nowhere. The network becomes the pod's, whatever was
     * written; of the others such a path is left out, so that the kind decides what they are.
     */
    public OciDocument in(PodSettings pod) {
        ObjectNode changed = tree.deepCopy();
        new SpecEditor(changed, parts).apply(pod);
        return of(changed);
    }
}
