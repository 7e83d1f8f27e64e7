package dev.ganglion.testkit;

import dev.ganglion.api.data.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Words out of text in portions: a good stage passes, each fault is found. */
class StageContractTest {
    abstract static class OnWords extends StageContract<StringBuilder, String> {
        @Override
        protected List<StringBuilder> cut(Random random) {
            String whole = "one two  three four five six seven";
            List<StringBuilder> items = new ArrayList<>();
            for (int from = 0; from < whole.length(); ) {
                int to = Math.min(whole.length(), from + 1 + random.nextInt(6));
                items.add(new StringBuilder(whole.substring(from, to)));
                from = to;
            }
            return items;
        }

        @Override
        protected void write(String result, StringBuilder into) {
            into.append(result).append('\n');
        }

        @Override
        protected List<StringBuilder> brokenItems() {
            return List.of(new StringBuilder("eight!nine"));
        }

        @Override
        protected void spoil(StringBuilder item) {
            item.setLength(0);
        }
    }

    /** Gives each word when it is over; refuses an exclamation mark. */
    static class Words implements Stage<StringBuilder, String> {
        final StringBuilder word = new StringBuilder();

        @Override
        public void push(StringBuilder item, Consumer<? super String> out) {
            boolean done = false;
            try {
                for (int i = 0; i < item.length(); i++) {
                    take(item.charAt(i), out);
                }
                done = true;
            } finally {
                if (!done) {
                    failed();
                }
            }
        }

        void take(char next, Consumer<? super String> out) {
            if (next == '!') {
                throw new IllegalArgumentException("no '!' expected");
            } else if (next == ' ') {
                give(out);
            } else {
                word.append(next);
            }
        }

        void failed() {
            word.setLength(0);
        }

        final void give(Consumer<? super String> out) {
            if (word.length() > 0) {
                String whole = word.toString();
                word.setLength(0);
                out.accept(whole);
            }
        }

        @Override
        public void flush(Consumer<? super String> out) {
            give(out);
        }
    }

    @Nested
    class AGoodStage extends OnWords {
        @Override
        protected Stage<StringBuilder, String> stage() {
            return new Words();
        }
    }

    static class ShowsTheCut extends OnWords {
        @Override
        protected Stage<StringBuilder, String> stage() {
            return new Words() {
                @Override
                public void push(StringBuilder item, Consumer<? super String> out) {
                    super.push(item, out);
                    give(out);
                }
            };
        }
    }

    @Test
    void aCutThatShowsIsFound() {
        Kits.assertFails(ShowsTheCut.class, "howTheInputWasCutDoesNotShow");
    }

    static class KeepsAfterFlush extends OnWords {
        @Override
        protected Stage<StringBuilder, String> stage() {
            return new Words() {
                @Override
                public void flush(Consumer<? super String> out) {
                    out.accept(word.toString());
                }
            };
        }
    }

    @Test
    void whatIsKeptAfterAFlushIsFound() {
        Kits.assertFails(KeepsAfterFlush.class, "aFlushStartsAnew");
        Kits.assertFails(KeepsAfterFlush.class, "aSecondFlushGivesWhatANewStageGives");
    }

    static class KeepsAfterFailure extends OnWords {
        @Override
        protected Stage<StringBuilder, String> stage() {
            return new Words() {
                @Override
                void failed() {}
            };
        }
    }

    @Test
    void whatIsKeptAfterARefusalIsFound() {
        Kits.assertFails(KeepsAfterFailure.class, "aRefusedItemLeavesTheStageAsFlushed");
    }

    static class SwallowsFailures extends OnWords {
        @Override
        protected Stage<StringBuilder, String> stage() {
            return new Words() {
                @Override
                public void push(StringBuilder item, Consumer<? super String> out) {
                    try {
                        super.push(item, out);
                    } catch (RuntimeException swallowed) {
                        word.append('?');
                    }
                }

                @Override
                public void flush(Consumer<? super String> out) {
                    try {
                        super.flush(out);
                    } catch (RuntimeException swallowed) {
                        word.append('?');
                    }
                }
            };
        }
    }

    @Test
    void failuresThatAreSwallowedAreFound() {
        Kits.assertFails(SwallowsFailures.class, "aRefusedItemLeavesTheStageAsFlushed");
        Kits.assertFails(SwallowsFailures.class, "aReceiverThatThrowsLeavesTheStageAsFlushed");
    }

    static class KeepsTheItem extends OnWords {
        @Override
        protected Stage<StringBuilder, String> stage() {
            return new Stage<>() {
                private final List<StringBuilder> items = new ArrayList<>();

                @Override
                public void push(StringBuilder item, Consumer<? super String> out) {
                    items.add(item);
                }

                @Override
                public void flush(Consumer<? super String> out) {
                    out.accept(String.join("", items));
                    items.clear();
                }
            };
        }
    }

    @Test
    void anItemThatIsKeptAfterTheCallIsFound() {
        Kits.assertFails(KeepsTheItem.class, "howTheInputWasCutDoesNotShow");
    }

    static class SharesItsState extends OnWords {
        private static final Words SHARED = new Words();

        @Override
        protected Stage<StringBuilder, String> stage() {
            return SHARED;
        }
    }

    @Test
    void stagesThatShareTheirStateAreFound() {
        Kits.assertFails(SharesItsState.class, "twoStagesDoNotMix");
    }

    static class ClosesOnce extends OnWords {
        @Override
        protected Stage<StringBuilder, String> stage() {
            return new Words() {
                private boolean closed;

                @Override
                public void close() {
                    if (closed) {
                        throw new AssertionError("freed twice");
                    }
                    closed = true;
                }
            };
        }
    }

    @Test
    void aSecondCloseThatFailsIsFound() {
        Kits.assertFails(ClosesOnce.class, "aStageMayBeClosedTwiceAndInTheMiddle");
    }
}
