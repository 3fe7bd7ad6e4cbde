// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

/**
 * How a record is put as a JSON object, and made of one again. Written by hand for each record:
 * what Jackson finds out about a class by reflection took a daemon that finds a sandbox again 200
 * ms of a processor at each start, and its first writes several times as long.
 *
 * @param <T> the record's class; of null components nothing is written
 */
public interface RecordForm<T> {
    /** Writes each component as a member. */
    void write(T record, MemberWriter to);

    /**
     * Makes a record of its members. One that the form does not know is left out: a newer program
     * has added it, and this one can do without.
     *
     * @throws IllegalArgumentException saying in words what is missing, or is not what it should be
     */
    T read(Members from);
}
