package dev.ganglion.runtime.generate;

import dev.ganglion.api.data.GanglionException;

/**
 * What a model may say, written as GBNF, the notation of llama.cpp, without its tokens in angle
 * brackets. Immutable.
 *
 * <pre>{@code
 * root ::= "{\"intent\":\"" ("on" | "off") "\"" level? "}"
 * level ::= ",\"level\":" [1-9] [0-9]{0,1}
 * }</pre>
 */
public final class Grammar {
    private final GrammarProgram program;

    private Grammar(GrammarProgram program) {
        this.program = program;
    }

    /**
     * Reads a grammar.
     *
     * @param owner whose it is, for messages: a file, a route's step
     * @param gbnf its rules; a whole text is what {@code root} says
     * @throws GanglionException of kind SETUP when it does not parse, when it names a rule that is
     *     not there, or when a rule begins with itself; the message says in which line and column
     */
    public static Grammar parse(String owner, String gbnf) {
        GrammarText text = new GrammarText(owner, gbnf);
        return new Grammar(new GrammarCompiler(text, new GrammarParser(text).parse()).compile());
    }

    /** {@return what follows one stream, at the start of a text} */
    public GrammarMatcher matcher() {
        return new GrammarMatcher(program);
    }
}
