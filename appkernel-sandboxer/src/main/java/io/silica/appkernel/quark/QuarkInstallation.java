// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Quark looks for at places that are written into it.
 *
 * @param kvm the device that it makes machines with
 * @param settings its own configuration, in JSON
 * @param images what it boots
 * @param logs the directory that it logs into
 */
public record QuarkInstallation(Path kvm, Path settings, List<Path> images, Path logs) {
    /** The places that are written into it. */
    public static final QuarkInstallation STANDARD =
            new QuarkInstallation(
                    Path.of("/dev/kvm"),
                    Path.of("/etc/quark/config.json"),
                    List.of(
                            Path.of("/usr/local/bin/qkernel.bin"),
                            Path.of("/usr/local/bin/vdso.so")),
                    Path.of("/var/log/quark"));

    private static final String SANDBOXED = "Sandboxed";
    private static final String SHIM_MODE = "ShimMode";

    public QuarkInstallation {
        images = List.copyOf(images);
    }

    /**
     * Something that was looked for.
     *
     * @param name what it is called
     * @param ok whether it is as it must be
     * @param found what there is
     * @param advice how to get it; empty if it is there
     */
    public record Finding(String name, boolean ok, String found, String advice) {
        public Finding {
            advice = ok ? "" : advice;
        }
    }

    /** Looks for all of it and for the program. */
    public List<Finding> look(Path program) {
        var findings = new ArrayList<Finding>();
        findings.add(
                there(
                        "quark",
                        program,
                        Files.isExecutable(program) && Files.isRegularFile(program),
                        "build Quark, and name its program in quark.program"));
        findings.add(lookForKvm());
        for (var image : images) {
            findings.add(
                    there(
                            image.getFileName().toString(),
                            image,
                            Files.isRegularFile(image),
                            "it is made with Quark: install it there"));
        }
        findings.add(lookForSettings());
        findings.add(there("quark log", logs, Files.isDirectory(logs), "mkdir " + logs));
        return findings;
    }

    private static Finding there(String name, Path path, boolean ok, String advice) {
        return new Finding(name, ok, ok ? path.toString() : "there is none at " + path, advice);
    }

    private Finding lookForKvm() {
        var advice = "take a machine with KVM, and load the module kvm_intel or kvm_amd";
        try (var _ = Descriptor.open(kvm, OpenFlag.READ_WRITE)) {
            return new Finding("kvm", true, kvm.toString(), advice);
        } catch (LinuxException e) {
            return new Finding("kvm", false, String.valueOf(e.getMessage()), advice);
        }
    }

    private Finding lookForSettings() {
        var problem = problemOfSettings();
        return new Finding(
                "quark settings",
                problem.isEmpty(),
                problem.isEmpty() ? settings.toString() : settings + " " + problem,
                "take the config.json of the sources of that very version, and set Sandboxed to true and ShimMode to false");
    }

    private String problemOfSettings() {
        try {
            var document = JsonMapper.shared().readTree(Files.readAllBytes(settings));
            if (!document.path(SANDBOXED).asBoolean(false)) {
                return "does not say Sandboxed: true";
            }
            // All of its fields but Sandboxed are required.
            return document.path(SHIM_MODE).asBoolean(true) ? "does not say ShimMode: false" : "";
        } catch (IOException _) {
            return "cannot be read";
        } catch (JacksonException _) {
            return "is no JSON";
        }
    }
}
