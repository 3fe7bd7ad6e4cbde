// SPDX-License-Identifier: Apache-2.0
package io.silica.server.controller;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.silica.proto.containerd.sandbox.ControllerCreateRequest;
import io.silica.proto.cri.DNSConfig;
import io.silica.proto.cri.LinuxContainerResources;
import io.silica.proto.cri.PodSandboxConfig;
import io.silica.proto.cri.PodSandboxMetadata;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.server.wire.BareAny;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads what containerd asks of a new sandbox. Its options are the pod's whole CRI configuration;
 * its annotations and its specification are always empty.
 */
final class SandboxSpecReader {
    private static final String CONFIG_TYPE = "runtime.v1.PodSandboxConfig";
    private static final String METADATA_EXTENSION = "metadata";
    private static final JsonMapper JSON = JsonMapper.shared();

    private SandboxSpecReader() {}

    /**
     * @throws SandboxException.InvalidArgument naming the field that makes no sense
     */
    static SandboxSpec read(ControllerCreateRequest request) {
        var id = new SandboxId(request.getSandboxId());
        PodSandboxConfig config = config(request);
        return new SandboxSpec(
                id,
                identity(config.getMetadata()),
                config.getHostname(),
                network(request.getNetnsPath()),
                dns(config.getDnsConfig()),
                Optional.of(config.getLinux().getCgroupParent()).filter(path -> !path.isEmpty()),
                new PodResources(
                        resources(config.getLinux().getResources()),
                        resources(config.getLinux().getOverhead())),
                config.getAnnotationsMap(),
                request.getSandbox().getLabelsMap(),
                handler(request),
                config.getLinux().getSysctlsMap());
    }

    private static PodSandboxConfig config(ControllerCreateRequest request) {
        Any options = request.getOptions();
        String type = BareAny.type(options);
        if (!type.equals(CONFIG_TYPE)) {
            throw new SandboxException.InvalidArgument(
                    "cannot create sandbox \"%s\": its options are \"%s\", not %s"
                            .formatted(request.getSandboxId(), type, CONFIG_TYPE));
        }
        try {
            return PodSandboxConfig.parseFrom(options.getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new SandboxException.InvalidArgument(
                    "cannot create sandbox \"%s\": its options are no %s"
                            .formatted(request.getSandboxId(), CONFIG_TYPE),
                    e);
        }
    }

    private static PodIdentity identity(PodSandboxMetadata metadata) {
        return new PodIdentity(
                metadata.getName(),
                metadata.getNamespace(),
                metadata.getUid(),
                metadata.getAttempt());
    }

    private static SandboxNetwork network(String netnsPath) {
        if (netnsPath.isEmpty()) {
            return new SandboxNetwork.Host();
        }
        try {
            Path path = Path.of(netnsPath);
            if (path.isAbsolute()) {
                return new SandboxNetwork.Namespace(path);
            }
        } catch (InvalidPathException e) {
            throw new SandboxException.InvalidArgument("netns_path is no path", e);
        }
        throw new SandboxException.InvalidArgument(
                "netns_path \"" + netnsPath + "\" is not absolute");
    }

    private static DnsConfig dns(DNSConfig dns) {
        return new DnsConfig(dns.getServersList(), dns.getSearchesList(), dns.getOptionsList());
    }

    private static Resources resources(LinuxContainerResources resources) {
        return new Resources(
                resources.getMemoryLimitInBytes(),
                resources.getCpuShares(),
                resources.getCpuQuota(),
                resources.getCpuPeriod());
    }

    /** The handler stands only in the JSON of CRI's own metadata. */
    private static String handler(ControllerCreateRequest request) {
        ByteString metadata =
                request.getSandbox()
                        .getExtensionsOrDefault(METADATA_EXTENSION, Any.getDefaultInstance())
                        .getValue();
        if (metadata.isEmpty()) {
            return "";
        }
        try {
            return JSON.readTree(metadata.toByteArray())
                    .path("Metadata")
                    .path("RuntimeHandler")
                    .asString("");
        } catch (JacksonException e) {
            throw new SandboxException.InvalidArgument(
                    "extension \"%s\" of sandbox \"%s\" is no JSON"
                            .formatted(METADATA_EXTENSION, request.getSandboxId()),
                    e);
        }
    }
}
