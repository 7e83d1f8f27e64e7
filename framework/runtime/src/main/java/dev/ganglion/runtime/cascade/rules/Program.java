package dev.ganglion.runtime.cascade.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A template as instructions over words. Options are tried in the order in which they are written;
 * a place of the program that failed at a word is not tried there again, so the work on a text is
 * at most instructions times words, whatever the template and the text. Immutable.
 */
final class Program {
    /** More than a template that somebody can read comes to. */
    static final int MAX_INSTRUCTIONS = 20_000;

    private enum Code {
        WORD,
        ANY_WORD,
        NUMBER,
        PHRASE,
        SET,
        START,
        END,
        EITHER,
        GO,
        DONE
    }

    /** What an instruction needs besides its two places in the program. */
    private record Instruction(Code code, String name, Object operand, int first, int second) {}

    private static final Object NONE = new Object();

    private final Instruction[] instructions;
    private final Set<String> never;

    private Program(List<Instruction> instructions, Set<String> never) {
        this.instructions = instructions.toArray(Instruction[]::new);
        this.never = never;
    }

    /**
     * The program of a template.
     *
     * @param never the words that no wildcard takes
     * @throws IllegalArgumentException when it would be too long
     */
    static Program of(Piece piece, Set<String> never) {
        List<Instruction> instructions = new ArrayList<>();
        emit(piece, instructions);
        instructions.add(new Instruction(Code.DONE, "", NONE, 0, 0));
        return new Program(instructions, never);
    }

    int size() {
        return instructions.length;
    }

    private static void emit(Piece piece, List<Instruction> to) {
        if (to.size() > MAX_INSTRUCTIONS) {
            throw new IllegalArgumentException(
                    "at most "
                            + MAX_INSTRUCTIONS
                            + " instructions expected, found more; make a list of what repeats");
        }
        if (piece instanceof Piece.Word word) {
            to.add(new Instruction(Code.WORD, word.word(), NONE, 0, 0));
        } else if (piece instanceof Piece.AnyWord any) {
            to.add(new Instruction(Code.ANY_WORD, "", any.ofAll(), 0, 0));
        } else if (piece instanceof Piece.Number number) {
            to.add(new Instruction(Code.NUMBER, number.parameter(), number, 0, 0));
        } else if (piece instanceof Piece.Listed listed) {
            to.add(new Instruction(Code.PHRASE, listed.parameter(), listed.list(), 0, 0));
        } else if (piece instanceof Piece.Set set) {
            to.add(new Instruction(Code.SET, set.parameter(), set.value(), 0, 0));
        } else if (piece instanceof Piece.Said said) {
            int start = to.size();
            to.add(new Instruction(Code.START, said.parameter(), NONE, 0, 0));
            emit(said.piece(), to);
            to.add(new Instruction(Code.END, said.parameter(), NONE, start, 0));
        } else if (piece instanceof Piece.InOrder inOrder) {
            inOrder.pieces().forEach(each -> emit(each, to));
        } else if (piece instanceof Piece.OneOf oneOf) {
            emitOptions(oneOf.options(), to);
        }
    }

    private static void emitOptions(List<Piece> options, List<Instruction> to) {
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < options.size(); i++) {
            int choice = to.size();
            boolean last = i == options.size() - 1;
            if (!last) {
                to.add(new Instruction(Code.EITHER, "", NONE, 0, 0));
            }
            emit(options.get(i), to);
            if (!last) {
                ends.add(to.size());
                to.add(new Instruction(Code.GO, "", NONE, 0, 0));
                to.set(choice, new Instruction(Code.EITHER, "", NONE, choice + 1, to.size()));
            }
        }
        for (int end : ends) {
            to.set(end, new Instruction(Code.GO, "", NONE, to.size(), 0));
        }
    }

    /** The words of one text, which programs are tried on, one after the other. Not shared. */
    static final class Run {
        private final Words words;
        private final Map<String, Object> values = new HashMap<>();
        private long[] failed = new long[64];
        private Program program;
        private int end;
        private int saidEnd;

        Run(Program first, Words words) {
            this.program = first;
            this.words = words;
        }

        /** {@return whether a program matches all words from one up to, not including, another} */
        boolean matches(Program tried, int from, int to) {
            program = tried;
            end = to;
            values.clear();
            int needed = (tried.size() * (to + 1) >> 6) + 1;
            if (failed.length < needed) {
                failed = new long[needed];
            } else {
                Arrays.fill(failed, 0, needed, 0);
            }
            return go(0, from);
        }

        /** {@return the values of the last match, to be changed as one likes} */
        Map<String, Object> values() {
            return values;
        }

        private boolean seen(int place, int at) {
            int bit = place * (end + 1) + at;
            boolean seen = (failed[bit >> 6] & 1L << bit) != 0;
            failed[bit >> 6] |= 1L << bit;
            return seen;
        }

        private boolean go(int startPlace, int startAt) {
            int place = startPlace;
            int at = startAt;
            while (true) {
                Instruction each = program.instructions[place];
                switch (each.code()) {
                    case WORD:
                        if (at >= end || !words.word(at).equals(each.name())) {
                            return false;
                        }
                        place++;
                        at++;
                        break;
                    case ANY_WORD:
                        if (at >= end
                                || (each.operand() == Boolean.FALSE
                                        && program.never.contains(words.word(at)))) {
                            return false;
                        }
                        place++;
                        at++;
                        break;
                    case EITHER:
                        if (seen(place, at)) {
                            return false;
                        }
                        if (go(each.first(), at)) {
                            return true;
                        }
                        place = each.second();
                        break;
                    case GO:
                        place = each.first();
                        break;
                    case SET:
                        if (!go(place + 1, at)) {
                            return false;
                        }
                        values.put(each.name(), each.operand());
                        return true;
                    case START:
                        if (!go(place + 1, at)) {
                            return false;
                        }
                        values.put(each.name(), words.said(at, saidEnd));
                        return true;
                    case END:
                        if (!go(place + 1, at)) {
                            return false;
                        }
                        saidEnd = at;
                        return true;
                    case NUMBER:
                        return !seen(place, at) && number(place, at, (Piece.Number) each.operand());
                    case PHRASE:
                        return !seen(place, at)
                                && phrase(
                                        place,
                                        at,
                                        at,
                                        each.name(),
                                        ((PhraseList) each.operand()).root());
                    case DONE:
                        return at == end;
                }
            }
        }

        private boolean number(int place, int at, Piece.Number number) {
            int to = at < end ? words.numberEnd(at) : -1;
            if (to < 0 || to > end) {
                return false;
            }
            double value = words.number(at, to);
            boolean whole = value == Math.rint(value);
            if (value < number.minimum()
                    || value > number.maximum()
                    || !(whole || number.decimals())
                    || !go(place + 1, to)) {
                return false;
            }
            values.put(number.parameter(), whole ? (Object) (long) value : (Object) value);
            return true;
        }

        /** The longest phrase first. */
        private boolean phrase(
                int place, int start, int at, String parameter, PhraseList.Node node) {
            PhraseList.Node next = at < end ? node.next(words.word(at)) : null;
            if (next != null && phrase(place, start, at + 1, parameter, next)) {
                return true;
            }
            PhraseList.Meaning meaning = node.meaning();
            if (meaning == null || at == start || !go(place + 1, at)) {
                return false;
            }
            values.putAll(meaning.others());
            values.put(parameter, meaning.value());
            return true;
        }
    }
}
