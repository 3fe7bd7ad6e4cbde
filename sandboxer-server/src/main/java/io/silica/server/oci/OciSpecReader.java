// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException.InvalidArgument;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads documents of the OCI runtime specification. Any thread may use it.
 *
 * <p>Every method throws {@link InvalidArgument}, naming the place, when the document is too big,
 * is not JSON, has a key twice, or holds a value that can't be meant.
 */
public final class OciSpecReader {
    private final OciLimits limits;
    private volatile @Nullable ObjectReader json;

    public OciSpecReader(OciLimits limits) {
        this.limits = limits;
    }

    /** A bundle's {@code config.json}. */
    public OciDocument document(byte[] config) {
        return OciDocument.of(tree("config.json", config));
    }

    /** The process that an exec adds. */
    public ProcessSpec process(byte[] process) {
        return ProcessReader.read(field("exec process", process));
    }

    /** The limits that a container is to have from now on. */
    public Resources resources(byte[] resources) {
        return ResourcesReader.read(field("resources", resources));
    }

    private Field field(String document, byte[] content) {
        return Field.root(document, tree(document, content));
    }

    private JsonNode tree(String document, byte[] content) {
        if (content.length > limits.bytes()) {
            throw new InvalidArgument(
                    "%s has %d bytes, more than %d"
                            .formatted(document, content.length, limits.bytes()));
        }
        try {
            return json().readTree(content);
        } catch (JacksonException e) {
            throw new InvalidArgument(
                    document + " is refused: " + Field.shown(e.getOriginalMessage()), e);
        }
    }

    /** Made at the first document: a daemon that starts has none, and its library is large. */
    private ObjectReader json() {
        ObjectReader made = json;
        if (made == null) {
            made = reader(limits);
            json = made;
        }
        return made;
    }

    private static ObjectReader reader(OciLimits limits) {
        StreamReadConstraints constraints =
                StreamReadConstraints.builder()
                        .maxDocumentLength(limits.bytes())
                        .maxStringLength(limits.bytes())
                        .maxNameLength(limits.bytes())
                        .maxNestingDepth(limits.depth())
                        .maxTokenCount(limits.tokens())
                        .build();
        JsonFactory factory =
                JsonFactory.builder()
                        .streamReadConstraints(constraints)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build()
                .reader();
    }
}
