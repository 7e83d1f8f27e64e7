package dev.ganglion.tokenizer.wordpiece;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Reads one {@code tokenizer.json}; refuses, in one sentence, what this plug-in does not do. */
final class TokenizerFile {
    /** Without the table of names, which would keep the whole vocabulary as strings. */
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

    private final Path file;

    /** All but the model. */
    private final Section root;

    /** The settings of the model, without its vocabulary. */
    private final Section model;

    /** The tokens in the order of the file, one after the other. */
    private byte[] bytes = new byte[1 << 16];

    private int[] ends = new int[1 << 12];
    private int[] ids = new int[1 << 12];
    private int size;
    private boolean hasVocabulary;

    TokenizerFile(Path file) {
        this.file = file;
        this.root = new Section(file.toString());
        this.model = new Section(file.toString());
    }

    WordPieceVocabulary read() {
        if (!Files.isRegularFile(file)) {
            throw refused("is no file; name the tokenizer.json of the model", null);
        }
        try (InputStream stream = Files.newInputStream(file);
                JsonParser json = JSON.createParser(stream)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw refused("is no JSON object; name the tokenizer.json of the model", null);
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("model") && json.currentToken() == JsonToken.START_OBJECT) {
                    readModel(json);
                } else {
                    root.put(name, json);
                }
            }
        } catch (JsonProcessingException e) {
            throw refused("is damaged JSON: " + e.getOriginalMessage() + "; fetch it again", e);
        } catch (IOException e) {
            throw refused("cannot be read (" + e + "); check the file and its rights", e);
        }
        return vocabulary();
    }

    private void readModel(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken token = json.nextToken();
            if (name.equals("vocab") && token == JsonToken.START_OBJECT) {
                hasVocabulary = true;
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String content = json.currentName();
                    if (json.nextToken() != JsonToken.VALUE_NUMBER_INT) {
                        throw refused("gives token '" + content + "' no whole number as id", null);
                    }
                    add(content, json.getIntValue());
                }
            } else if (token == JsonToken.START_ARRAY) {
                json.skipChildren();
            } else {
                model.put(name, json);
                // The rest of another model's file need not be read.
                requireWordPiece();
            }
        }
    }

    private void requireWordPiece() {
        Object type = model.type();
        if (type != null && !type.equals("WordPiece")) {
            throw refused("is " + type + ", WordPiece was expected; use encode:huggingface", null);
        }
    }

    private void add(String content, int id) {
        byte[] token = Utf8.of(content);
        int start = size == 0 ? 0 : ends[size - 1];
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
            ends = Arrays.copyOf(ends, 2 * size);
        }
        if (start + token.length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, start + token.length));
        }
        System.arraycopy(token, 0, bytes, start, token.length);
        ids[size] = id;
        ends[size] = start + token.length;
        size++;
    }

    private WordPieceVocabulary vocabulary() {
        requireWordPiece();
        if (!hasVocabulary || size == 0) {
            throw refused(
                    "has no \"model\" with a \"vocab\" of tokens and ids; name the tokenizer.json"
                            + " of a WordPiece model",
                    null);
        }
        requireDense();
        Pieces words = pieces(size);
        int inModel = size;
        List<AddedTokens.Added> raw = new ArrayList<>();
        List<AddedTokens.Added> cooked = new ArrayList<>();
        BitSet special = new BitSet();
        NormalizedText.Steps steps = steps();
        requireType("pre_tokenizer", "BertPreTokenizer");
        for (Section entry : root.sections("added_tokens")) {
            readAdded(entry, words, steps, raw, cooked, special);
        }
        Pieces all = words;
        if (size > inModel) {
            requireDense();
            all = pieces(inModel);
        }
        String unknown = model.text("unk_token", "[UNK]");
        int unknownId = words.find(Utf8.of(unknown));
        if (unknownId < 0) {
            throw refused(
                    "has no token '" + unknown + "', which its \"unk_token\" names; add it", null);
        }
        int longestWord = model.integer("max_input_chars_per_word", 100);
        int[][] around = template();
        Section decoder = root.section("decoder");
        if (!decoder.isEmpty()) {
            requireType("decoder", "WordPiece");
        }
        return new WordPieceVocabulary(
                file.toString(),
                all,
                unknownId,
                longestWord,
                steps,
                new AddedTokens(raw),
                new AddedTokens(cooked),
                around[0],
                around[1],
                special,
                decoder.isEmpty() ? null : Utf8.of(decoder.text("prefix", "##")),
                !decoder.isEmpty() && decoder.flag("cleanup", true),
                new AtomicReferenceArray<>(all.size()));
    }

    private Pieces pieces(int inModel) {
        byte[] prefix = Utf8.of(model.text("continuing_subword_prefix", "##"));
        return new Pieces(bytes, ends, ids, size, inModel, prefix);
    }

    private void requireDense() {
        if (!Pieces.dense(ids, size)) {
            throw refused(
                    "has "
                            + size
                            + " tokens, so each id from 0 to "
                            + (size - 1)
                            + " was expected once, and they are not; renumber them without gaps",
                    null);
        }
    }

    private void readAdded(
            Section added,
            Pieces words,
            NormalizedText.Steps steps,
            List<AddedTokens.Added> raw,
            List<AddedTokens.Added> cooked,
            BitSet special) {
        String content = added.text("content", "");
        int known = words.find(Utf8.of(content));
        int expected = known >= 0 ? known : size;
        int id = added.integer("id", expected);
        if (id != expected || content.isEmpty()) {
            throw refused(
                    "gives added token '"
                            + content
                            + "' the id "
                            + id
                            + ", but as "
                            + (known >= 0 ? "the vocabulary has it " : "the next new token ")
                            + "its id is "
                            + expected
                            + "; correct the id",
                    null);
        }
        if (known < 0) {
            add(content, id);
        }
        if (added.flag("special", false)) {
            special.set(id);
        }
        boolean normalized = added.flag("normalized", true);
        byte[] looked = Utf8.of(content);
        if (normalized) {
            NormalizedText text = new NormalizedText(steps);
            text.set(content.toCharArray(), 0, content.length());
            looked = Arrays.copyOf(text.bytes(), text.size());
            if (looked.length == 0) {
                throw refused(
                        "has the added token '"
                                + content
                                + "' of which nothing is left once it is normalized; set its"
                                + " \"normalized\" to false",
                        null);
            }
        }
        (normalized ? cooked : raw)
                .add(
                        new AddedTokens.Added(
                                id,
                                looked,
                                added.flag("single_word", false),
                                added.flag("lstrip", false),
                                added.flag("rstrip", false)));
    }

    private NormalizedText.Steps steps() {
        requireType("normalizer", "BertNormalizer");
        Section normalizer = root.section("normalizer");
        boolean lowercase = normalizer.flag("lowercase", true);
        return new NormalizedText.Steps(
                normalizer.flag("clean_text", true),
                normalizer.flag("handle_chinese_chars", true),
                normalizer.flag("strip_accents", lowercase),
                lowercase);
    }

    /** The ids before and behind the text. */
    private int[][] template() {
        Section processor = root.section("post_processor");
        if (processor.isEmpty()) {
            return new int[2][0];
        }
        Object type = processor.type();
        if ("BertProcessing".equals(type)) {
            return new int[][] {
                {checked(processor.list("cls"), 1)}, {checked(processor.list("sep"), 1)}
            };
        }
        if (!"TemplateProcessing".equals(type)) {
            throw unsupported("post_processor", type, "TemplateProcessing or BertProcessing");
        }
        Section specials = processor.section("special_tokens");
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        int sequences = 0;
        for (Section piece : processor.sections("single")) {
            Section sequence = piece.section("Sequence");
            if (!sequence.isEmpty()) {
                sequences += sequence.text("id", "").equals("A") ? 1 : 2;
                continue;
            }
            String name = piece.section("SpecialToken").text("id", "");
            List<@Nullable Object> numbers = specials.section(name).list("ids");
            if (numbers.isEmpty()) {
                throw refused(
                        "has a \"post_processor\" that adds '"
                                + name
                                + "', which its \"special_tokens\" do not explain; add it there",
                        null);
            }
            for (int i = 0; i < numbers.size(); i++) {
                (sequences == 0 ? before : after).add(checked(numbers, i));
            }
        }
        if (sequences != 1) {
            throw refused(
                    "has a \"post_processor\" whose \"single\" does not hold sequence A exactly"
                            + " once; correct it",
                    null);
        }
        return new int[][] {
            before.stream().mapToInt(Integer::intValue).toArray(),
            after.stream().mapToInt(Integer::intValue).toArray()
        };
    }

    private int checked(List<@Nullable Object> values, int index) {
        Object value = index < values.size() ? values.get(index) : null;
        if (value instanceof Integer id && id >= 0 && id < size) {
            return id;
        }
        throw refused(
                "has a \"post_processor\" that adds the id "
                        + value
                        + "; ids from 0 to "
                        + (size - 1)
                        + " exist",
                null);
    }

    private void requireType(String name, String expected) {
        Object type = root.section(name).type();
        if (!expected.equals(type)) {
            throw unsupported(name, type, expected);
        }
    }

    private GanglionException unsupported(String name, @Nullable Object type, String expected) {
        return refused(
                "has "
                        + (type == null ? "no" : "a")
                        + " \""
                        + name
                        + "\""
                        + (type == null ? "" : " of type " + type)
                        + ", "
                        + expected
                        + " was expected; use encode:huggingface",
                null);
    }

    private GanglionException refused(String why, @Nullable Throwable cause) {
        return new GanglionException(Kind.SETUP, "vocabulary " + file + " " + why, cause);
    }
}
