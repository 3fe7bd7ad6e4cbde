// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * Who the pod is, in Kubernetes' words.
 *
 * @param name the pod's name
 * @param namespace the pod's Kubernetes namespace
 * @param uid the pod's uid
 * @param attempt how often a sandbox was made for the pod before this one
 */
public record PodIdentity(String name, String namespace, String uid, int attempt) {}
