package org.imatrixstats.app.browse;

import java.util.List;

/**
 * What is said about one tensor at length, in paragraphs that a view of any width can draw.
 *
 * @param title  the tensor
 * @param blocks from top to bottom
 */
record Detail(String title, List<Block> blocks) {
    Detail {
        blocks = List.copyOf(blocks);
    }

    /** A part of a detail. */
    sealed interface Block {
        /** Over what follows. */
        record Heading(String text) implements Block {
        }

        /** A sentence. */
        record Sentence(String text) implements Block {
        }

        /** A figure, and what it means. */
        record Fact(String label, String value, String meaning) implements Block {
        }

        /**
         * Rows of a chart with their own scale.
         *
         * @param labels before the bars
         * @param parts  the lengths of the bars, from 0 to 1
         * @param values after the bars
         */
        record Bars(List<String> labels, List<Double> parts, List<String> values) implements Block {
        }
    }
}
