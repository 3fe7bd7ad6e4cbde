// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a cgroup is in every hierarchy.
 *
 * @param segments the names from the root on
 */
public record CgroupPath(List<String> segments) {
    private static final String SLICE = ".slice";

    public CgroupPath {
        segments = List.copyOf(segments);
        if (segments.isEmpty()) {
            throw new IllegalArgumentException("the root is not a cgroup of ours");
        }
        segments.forEach(CgroupPath::check);
    }

    private static void check(String segment) {
        boolean odd = segment.equals(".") || segment.equals("..") || segment.indexOf('\0') >= 0;
        if (odd || segment.isEmpty() || segment.contains("/") || segment.length() > 255) {
            throw new IllegalArgumentException("not the name of a cgroup: \"" + segment + '"');
        }
    }

    /**
     * As the kubelet writes it: {@code /kubepods/burstable/podX}, or for a systemd driver the name
     * of a slice, {@code kubepods-burstable-podX.slice}, which is a path of slices, each with the
     * names of those above it (systemd.slice(5)).
     *
     * @throws IllegalArgumentException if a segment is {@code ..} or not a name
     */
    public static CgroupPath parse(String text) {
        var segments = new ArrayList<String>();
        for (var segment : text.split("/", 0)) {
            if (segment.endsWith(SLICE) && segments.isEmpty()) {
                segments.addAll(expand(segment));
            } else if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        return new CgroupPath(segments);
    }

    private static List<String> expand(String slice) {
        var segments = new ArrayList<String>();
        var name = slice.substring(0, slice.length() - SLICE.length());
        for (int dash = name.indexOf('-'); dash >= 0; dash = name.indexOf('-', dash + 1)) {
            segments.add(name.substring(0, dash) + SLICE);
        }
        segments.add(slice);
        return segments;
    }

    /** A cgroup below this one. */
    public CgroupPath child(String name) {
        var longer = new ArrayList<>(segments);
        longer.add(name);
        return new CgroupPath(longer);
    }

    @Override
    public String toString() {
        return "/" + String.join("/", segments);
    }
}
