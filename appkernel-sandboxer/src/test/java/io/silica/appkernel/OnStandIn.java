// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** A class of tests with a program that stands in for Quark. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
        value = "io.silica.appkernel.QuarkKind#isUsable",
        disabledReason = "needs root and busybox: scripts/program-get busybox")
public @interface OnStandIn {}
