// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs once on each containerd of {@code -Dsilica.containerds}, and takes a {@link
 * Node}. The tests of a class share the nodes.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@Tag("host")
@ExtendWith(EveryContainerd.class)
@interface OnEveryContainerd {}
