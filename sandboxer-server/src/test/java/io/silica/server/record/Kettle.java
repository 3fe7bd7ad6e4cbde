// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import java.util.List;

/** Something to keep records of. */
record Kettle(String name, int litres, List<String> spouts) {
    static final RecordForm<Kettle> FORM = new Form();

    Kettle {
        spouts = List.copyOf(spouts);
    }

    Kettle(int litres) {
        this("k", litres, List.of());
    }

    private static final class Form implements RecordForm<Kettle> {
        @Override
        public void write(Kettle it, MemberWriter to) {
            to.text("name", it.name()).number("litres", it.litres()).texts("spouts", it.spouts());
        }

        @Override
        public Kettle read(Members from) {
            return new Kettle(from.text("name"), from.smallNumber("litres"), from.texts("spouts"));
        }
    }
}
