package dev.ganglion.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrammarTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static GrammarMatcher matcher(String gbnf) {
        return Grammar.parse("test.gbnf", gbnf).matcher();
    }

    /** Whether the grammar has exactly this text, given to it in pieces of one byte. */
    static boolean matches(GrammarMatcher matcher, String text) {
        matcher.reset();
        for (byte each : bytes(text)) {
            byte[] piece = {each};
            if (!matcher.accepts(piece)) {
                return false;
            }
            matcher.take(piece);
        }
        return matcher.mayEnd();
    }

    private static void has(String gbnf, String... texts) {
        GrammarMatcher matcher = matcher(gbnf);
        for (String text : texts) {
            assertThat(matches(matcher, text)).as("'%s' by %s", text, gbnf).isTrue();
            matcher.reset();
            assertThat(matcher.accepts(bytes(text))).as("'%s' as one piece", text).isTrue();
        }
    }

    private static void lacks(String gbnf, String... texts) {
        GrammarMatcher matcher = matcher(gbnf);
        for (String text : texts) {
            assertThat(matches(matcher, text)).as("'%s' by %s", text, gbnf).isFalse();
        }
    }

    // The notation

    @Test
    void literalsHaveTheEscapesOfTheNotation() {
        has(
                "root ::= \"a\\tb\\n\\r\\\\\\\"\\[\\]\\x41\\u00e9\\U0001F4A1\"",
                "a\tb\n\r\\\"[]A\u00e9\uD83D\uDCA1");
        has("root ::= \"\u6570\u5B57\"", "\u6570\u5B57");
    }

    @Test
    void classesHaveRangesAndEscapesAndMayBeNegated() {
        String digitsAndMore = "root ::= [0-9a\\x62\\]\\\\-]";
        has(digitsAndMore, "0", "9", "a", "b", "]", "\\", "-");
        lacks(digitsAndMore, "c", "/", ":", "", "00");
        String notThem = "root ::= [^\"\\\\\\x00-\\x1F]";
        has(notThem, "a", "\u00e9", "\u6570", "\uD83D\uDCA1", "\uFFFF", "\uD7FF", "\uE000");
        lacks(notThem, "\"", "\\", "\n", "\u0000");
        has("root ::= [\u3041-\u309f]", "\u3041", "\u3050", "\u309f");
        lacks("root ::= [\u3041-\u309f]", "\u3040", "\u30a0", "a");
        has("root ::= [-+]", "-", "+");
    }

    @Test
    void aDotIsAnyCharacter() {
        has("root ::= .", "a", "\n", "\u00e9", "\uD83D\uDCA1");
        lacks("root ::= .", "", "ab");
    }

    @Test
    void everyCharacterOfAClassIsReadAndNoOther() {
        Random random = new Random(7);
        for (int round = 0; round < 40; round++) {
            int[] borders = random.ints(6, 0, round < 20 ? 0x900 : 0x110000).sorted().toArray();
            StringBuilder gbnf = new StringBuilder("root ::= [");
            for (int i = 0; i < 6; i += 2) {
                gbnf.append(String.format("\\U%08x-\\U%08x", borders[i], borders[i + 1]));
            }
            GrammarMatcher in = matcher(gbnf + "]");
            GrammarMatcher out = matcher(gbnf.insert(10, '^') + "]");
            for (int i = 0; i < 400; i++) {
                int near = borders[random.nextInt(6)] + random.nextInt(5) - 2;
                int point = i % 2 == 0 ? near : random.nextInt(0x110000);
                if (point < 0 || point > 0x10FFFF || point >= 0xD800 && point <= 0xDFFF) {
                    continue;
                }
                boolean inside =
                        point >= borders[0] && point <= borders[1]
                                || point >= borders[2] && point <= borders[3]
                                || point >= borders[4] && point <= borders[5];
                String text = Character.toString(point);
                assertThat(matches(in, text)).as("U+%X in %s", point, gbnf).isEqualTo(inside);
                assertThat(matches(out, text)).as("U+%X not in %s", point, gbnf).isEqualTo(!inside);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a?, ^a?$",
        "a*, ^a*$",
        "a+, ^a+$",
        "'a{2}', '^a{2}$'",
        "'a{2,}', '^a{2,}$'",
        "'a{1,3}', '^a{1,3}$'",
        "'a{0,2}', '^a{0,2}$'",
        "'a{0}', '^$'",
        "'a{,2}', 'REFUSED'",
        "'(a b)+', '^(ab)+$'",
        "'a (b | )', '^ab?$'",
        "'(a? b?)*', '^(a?b?)*$'",
        "'a* b{1,2} | (a b)*', '^(a*b{1,2}|(ab)*)$'",
        "'(a+)+', '^(a+)+$'",
        "'a{2}{2}', '^a{4}$'"
    })
    void repetitionsGroupsAndAlternativesAreThoseOfRegularExpressions(String rule, String regex) {
        String gbnf = "root ::= " + rule + "\na ::= \"a\"\nb ::= \"b\"";
        if (regex.equals("REFUSED")) {
            assertThatThrownBy(() -> matcher(gbnf)).isInstanceOf(GanglionException.class);
            return;
        }
        GrammarMatcher matcher = matcher(gbnf);
        Pattern pattern = Pattern.compile(regex);
        for (int length = 0; length <= 6; length++) {
            for (int bits = 0; bits < 1 << length; bits++) {
                StringBuilder text = new StringBuilder();
                for (int i = 0; i < length; i++) {
                    text.append((bits >> i & 1) == 0 ? 'a' : 'b');
                }
                assertThat(matches(matcher, text.toString()))
                        .as("'%s' by %s", text, rule)
                        .isEqualTo(pattern.matcher(text).matches());
            }
        }
    }

    @Test
    void rulesMayLieInsideOneAnother() {
        String lists =
                "root ::= list\nlist ::= \"[\" (item (\",\" item)*)? \"]\"\nitem ::= [0-9]+ | list";
        has(lists, "[]", "[1]", "[[],[1,[23,4]],5]");
        lacks(lists, "[", "[1", "[1,]", "]", "[]]");
        String right = "root ::= [a-z] root | \".\"";
        has(right, ".", "abc.", "x".repeat(5000) + ".");
    }

    @Test
    void linesMayEndInsideGroupsAndAfterBarsAndCommentsAreLeftOut() {
        has(
                "# a comment\r\nroot ::= ( # of what\n  \"a\"\n  b\n)  # more\n\n\nb ::= \"1\" |\n  \"2\"\n# end",
                "a1",
                "a2");
        has("root ::=\n  \"a\"", "a");
    }

    @Test
    void aBigClassicGrammarParses() {
        String json =
                "root ::= object\n"
                        + "value ::= object | array | string | number | (\"true\" | \"false\" | \"null\") ws\n"
                        + "object ::= \"{\" ws ( string \":\" ws value (\",\" ws string \":\" ws value)* )? \"}\" ws\n"
                        + "array ::= \"[\" ws ( value (\",\" ws value)* )? \"]\" ws\n"
                        + "string ::= \"\\\"\" ( [^\"\\\\\\x7F\\x00-\\x1F] | \"\\\\\" ([\"\\\\bfnrt] | \"u\" [0-9a-fA-F]{4}) )* \"\\\"\" ws\n"
                        + "number ::= (\"-\"? ([0-9] | [1-9] [0-9]{0,15})) (\".\" [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws\n"
                        + "ws ::= | \" \" | \"\\n\" [ \\t]{0,20}\n";
        has(json, "{\"a\":[1,-2.5e3,\"x\\u00e9\\n\u00e9\"],\n  \"b\": {\"c\": null}}");
        lacks(json, "{\"a\":01}", "{a:1}", "{\"a\":\"\n\"}", "[]", "{\"a\":1");
    }

    // What is refused

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "root = \"a\" ~ 1 ~ 6 ~ '::='",
                "root ::= \"a ~ 1 ~ 10 ~ closing",
                "root ::= \"a\" \"b\\q\" ~ 1 ~ 16 ~ \\q",
                "root ::= [a ~ 1 ~ 10 ~ closing ']'",
                "root ::= [] ~ 1 ~ 10 ~ at least one character",
                "root ::= [z-a] ~ 1 ~ 11 ~ z-a",
                "root ::= [\\x4] ~ 1 ~ 14 ~ digit 2 of the 2",
                "root ::= \"\\ud800\" ~ 1 ~ 11 ~ half of one",
                "root ::= \"\\U00110000\" ~ 1 ~ 11 ~ \\U0010FFFF",
                "root ::= (\"a\" ~ 1 ~ 14 ~ ')' expected, found the end of the text",
                "root ::= \"a\") ~ 1 ~ 13 ~ found ')'",
                "root ::= \"a\"{3,2} ~ 1 ~ 13 ~ {3,2}",
                "root ::= \"a\"{x} ~ 1 ~ 14 ~ a number from 0 to 2000 expected, found 'x}'",
                "root ::= \"a\"{2001} ~ 1 ~ 14 ~ found more",
                "root ::= \"a\"{1 ~ 1 ~ 15 ~ '}'",
                "root ::= <think> \"a\" ~ 1 ~ 10 ~ instead of a token",
                "root ::= * ~ 1 ~ 10 ~ found '*'",
                "root ::= \"a\"|other|b;b ::= \"b\" ~ 1 ~ 14 ~ one of the rules root, b expected, found 'other'",
                "a ::= \"a\";root ::= a;;root ::= \"b\" ~ 4 ~ 1 ~ a second rule 'root'",
                "root ::= root \"a\" | \"b\" ~ 1 ~ 10 ~ root > root",
                "root ::= a;a ::= b? \"-\"*  c;b ::= \"b\";c ::= \"c\" | a ~ 4 ~ 13 ~ a > c > a",
                "root ::= \"a\" | (root)* ~ 1 ~ 17 ~ repeat with",
                "::= \"a\" ~ 1 ~ 1 ~ the name of a rule"
            })
    void whatDoesNotParseIsRefusedWithItsPlace(String gbnf, int line, int column, String words) {
        assertThatThrownBy(() -> matcher(gbnf.replace(';', '\n')))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageStartingWith("test.gbnf: ")
                .hasMessageContaining("line " + line + ", column " + column + ": ")
                .hasMessageContaining(words)
                .hasMessageContaining("expected")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aGrammarWithoutRootIsRefusedWithTheRulesThatItHas() {
        assertThatThrownBy(() -> matcher("a ::= \"a\"\nb ::= a"))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("'root'")
                .hasMessageContaining("a, b");
        assertThatThrownBy(() -> matcher("  # nothing"))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("none");
    }

    @Test
    void aGrammarThatRepeatsTooMuchIsRefused() {
        assertThatThrownBy(() -> matcher("root ::= ((\"abc\"{2000}){2000})"))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("1000000 places");
    }

    @Test
    void groupsThatLieTooDeepAreRefused() {
        assertThatThrownBy(() -> matcher("root ::= " + "(".repeat(100_000)))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("200 groups");
    }

    // Following a text

    @Test
    void aCharacterMayBeCutBetweenTwoPieces() {
        GrammarMatcher matcher = matcher("root ::= [\u00e9\uD83D\uDCA1]+ \"!\"");
        byte[] bulb = bytes("\uD83D\uDCA1");
        matcher.take(Arrays.copyOfRange(bulb, 0, 2));
        assertThat(matcher.mayEnd()).isFalse();
        assertThat(matcher.accepts(bytes("!"))).isFalse();
        assertThat(matcher.accepts(new byte[] {bulb[2], (byte) 0x80})).isFalse();
        matcher.take(new byte[] {bulb[2], bulb[3], '!'});
        assertThat(matcher.mustEnd()).isTrue();
    }

    @Test
    void bytesThatAreNoCharacterAreRefusedEvenByADot() {
        GrammarMatcher matcher = matcher("root ::= .*");
        for (byte[] wrong :
                new byte[][] {
                    {(byte) 0x80},
                    {(byte) 0xC0, (byte) 0x80},
                    {(byte) 0xE0, (byte) 0x80, (byte) 0x80},
                    {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                    {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
                    {(byte) 0xF5},
                    {'a', (byte) 0xC3, 'b'}
                }) {
            assertThat(matcher.accepts(wrong)).as(Arrays.toString(wrong)).isFalse();
        }
    }

    @Test
    void lookingMovesNothingAndWhatDoesNotFitIsNotTaken() {
        GrammarMatcher matcher = matcher("root ::= \"abc\" \"d\"?");
        assertThat(matcher.accepts(bytes("abc"))).isTrue();
        assertThat(matcher.accepts(bytes("abcd"))).isTrue();
        assertThat(matcher.accepts(bytes("abcde"))).isFalse();
        assertThatThrownBy(() -> matcher.take(bytes("abx")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'abx'");
        assertThatThrownBy(() -> matcher.take(new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        matcher.take(bytes("abc"));
        assertThat(matcher.mayEnd()).isTrue();
        assertThat(matcher.mustEnd()).isFalse();
        matcher.take(bytes("d"));
        assertThat(matcher.mustEnd()).isTrue();
        assertThat(matcher.accepts(bytes("e"))).isFalse();
        matcher.reset();
        assertThat(matcher.accepts(bytes("a"))).isTrue();
    }

    @Test
    void aPieceWithoutBytesEndsTheGrammarWhereItMayEnd() {
        GrammarMatcher matcher = matcher("root ::= \"{}\"");
        assertThat(matcher.accepts(new byte[0])).isFalse();
        matcher.take(bytes("{}"));
        assertThat(matcher.accepts(bytes(" "))).isFalse();
        assertThat(matcher.accepts(new byte[0])).isTrue();
        matcher.take(new byte[0]);
        assertThat(matcher.isOver()).isTrue();
        assertThat(matcher.mustEnd()).isFalse();
        assertThat(matcher.accepts(bytes("Turning on the light."))).isTrue();
        matcher.take(bytes("Turning"));
        assertThat(matcher.mayEnd()).isTrue();
        matcher.reset();
        assertThat(matcher.isOver()).isFalse();
        assertThat(matcher.accepts(bytes("Turning"))).isFalse();
    }

    @Test
    void theOnlyWayOnIsKnown() {
        GrammarMatcher matcher =
                matcher("root ::= \"{\\\"intent\\\":\\\"\" (\"turn_on\" | \"turn_off\") \"\\\"}\"");
        assertThat(new String(matcher.forced(), StandardCharsets.UTF_8))
                .isEqualTo("{\"intent\":\"turn_o");
        matcher.take(matcher.forced());
        assertThat(matcher.forced()).isEmpty();
        matcher.take(bytes("f"));
        assertThat(new String(matcher.forced(), StandardCharsets.UTF_8)).isEqualTo("f\"}");
        matcher.take(matcher.forced());
        assertThat(matcher.forced()).isEmpty();
        assertThat(matcher.mustEnd()).isTrue();
    }

    @Test
    void theOnlyWayOnStopsAtWholeCharactersAndAtAnEnd() {
        assertThat(matcher("root ::= \"x\" [\u00e4\u00f6]").forced()).containsExactly('x');
        assertThat(matcher("root ::= \"\u00e9\"").forced()).hasSize(2);
        assertThat(matcher("root ::= \"ab\" \"c\"?").forced()).containsExactly('a', 'b');
        assertThat(matcher("root ::= \"a\" root").forced()).hasSize(1024);
    }

    @Test
    void manyStreamsShareAGrammar() {
        Grammar grammar = Grammar.parse("g", "root ::= (\"a\" | \"b\")+");
        GrammarMatcher one = grammar.matcher();
        GrammarMatcher other = grammar.matcher();
        one.take(bytes("ab"));
        assertThat(other.mayEnd()).isFalse();
        assertThat(one.mayEnd()).isTrue();
    }
}
