/**
 * Text to the ids of any Hugging Face vocabulary and back, by Hugging Face's own native library,
 * which DJL binds.
 *
 * <p>{@link dev.ganglion.tokenizer.huggingface.HuggingFaceTokenizer} is the plug-in. {@code
 * NativeLibrary} decides whether and from where the library is loaded, once per process; {@code
 * VocabularyFile} looks at a file before the library does. What the library reads, a {@code
 * HuggingFaceVocabulary} keeps, and the {@code Pieces} that a grammar asks for; its {@code
 * HuggingFaceEncoder}s and {@code HuggingFaceDecoder}s are the streams.
 */
@NullMarked
package dev.ganglion.tokenizer.huggingface;

import org.jspecify.annotations.NullMarked;
