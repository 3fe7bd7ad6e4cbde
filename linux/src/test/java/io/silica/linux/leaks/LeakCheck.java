// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Fails a test that leaves processes, descriptors (so sockets, pipes and files), mounts, network
 * namespaces, cgroups, threads or temporary files behind.
 *
 * <p>What a test leaves is what was not there before its instance was made and still is a few
 * seconds after its {@code @AfterEach} methods. Other tests must not run at the same time in the
 * same JVM.
 */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(LeakCheckExtension.class)
public @interface LeakCheck {
    /** How the names of temporary files and of network namespaces begin that are ours. */
    String prefix() default "silica";

    /** Directories below which mounts are ours, besides that of temporary files. */
    String[] mountsBelow() default {"/run/silica"};

    /**
     * Cgroups below which those are ours that a test makes, such as {@code /silica-test}, in every
     * hierarchy.
     */
    String[] cgroups() default {};
}
