// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import com.google.protobuf.Message;
import io.silica.proto.cri.ContainerConfig;
import io.silica.proto.cri.PodSandboxConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads the files that crictl takes: JSON or YAML, with the field names of CRI.
 *
 * <p>Unlike crictl it does not pass over a field that it does not know: a misspelt one is an error.
 */
public final class ConfigFile {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final ObjectMapper YAML =
            YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private ConfigFile() {}

    /**
     * Reads a pod's file. CRI has no pod without name, namespace and uid.
     *
     * @throws ConfigException if it cannot
     */
    public static PodSandboxConfig readPod(Path file) {
        var config = read(file, PodSandboxConfig.newBuilder()).build();
        var metadata = config.getMetadata();
        require(file, "metadata.name", metadata.getName());
        require(file, "metadata.namespace", metadata.getNamespace());
        require(file, "metadata.uid", metadata.getUid());
        return config;
    }

    /**
     * Reads a container's file. CRI has no container without name and image.
     *
     * @throws ConfigException if it cannot
     */
    public static ContainerConfig readContainer(Path file) {
        var config = read(file, ContainerConfig.newBuilder()).build();
        require(file, "metadata.name", config.getMetadata().getName());
        require(file, "image.image", config.getImage().getImage());
        return config;
    }

    private static void require(Path file, String field, String value) {
        if (value.isEmpty()) {
            throw new ConfigException("%s: %s is missing".formatted(file, field), null);
        }
    }

    private static <T extends Message.Builder> T read(Path file, T builder) {
        try {
            MessageReader.read(tree(Files.readString(file)), builder);
            return builder;
        } catch (NoSuchFileException e) {
            throw new ConfigException("there is no file " + file, e);
        } catch (IOException e) {
            throw new ConfigException("cannot read %s: %s".formatted(file, e), e);
        } catch (JacksonException e) {
            throw new ConfigException(
                    "%s: %s".formatted(file, e.getOriginalMessage().lines().findFirst().orElse("")),
                    e);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** JSON is YAML but for its tabs. */
    private static JsonNode tree(String text) {
        return (text.stripLeading().startsWith("{") ? JSON : YAML).readTree(text);
    }
}
