using System.Text;

namespace ModelStore;

/// <summary>The names of a model's classes, in the order of its logits.</summary>
public sealed class LabelSet
{
    /// <summary>More classes than any classifier of this family has; a longer file is not a label file.</summary>
    public const int MaxClasses = 100_000;

    private readonly ClassLabel[] _labels;

    private LabelSet(ClassLabel[] labels) => _labels = labels;

    /// <summary>The 1,000 classes of ImageNet-1k with their WordNet identifiers.</summary>
    public static LabelSet ImageNet { get; } = ReadImageNet();

    public int Count => _labels.Length;

    public ClassLabel this[int index] => _labels[index];

    /// <summary>Labels for a model that came without names: "class 0", "class 1" …</summary>
    public static LabelSet Numbered(int classes) =>
        new([.. Enumerable.Range(0, classes).Select(index => new ClassLabel(index, null, $"class {index}"))]);

    /// <summary>
    /// Reads a CSV file with the header <c>index,wnid,label</c>, or a text file with one name a line.
    /// </summary>
    /// <exception cref="ModelStoreException">The file cannot be read as either; the message names the file and the line.</exception>
    public static LabelSet Load(string path)
    {
        try
        {
            // No detection by byte order mark: it would accept UTF-16, whose lines we would misread elsewhere.
            using var reader =
                new StreamReader(path, new UTF8Encoding(true, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
            return LabelFile.Read(reader, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new ModelStoreException($"{path}: the labels cannot be read: {failure.Message}", failure) { Fault = StoreFault.Labels };
        }
    }

    /// <summary>Writes the CSV form; byte-identical for equal labels.</summary>
    public void Save(string path)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        LabelFile.Write(writer, _labels);
    }

    internal static LabelSet Of(ClassLabel[] labels) => new(labels);

    private static LabelSet ReadImageNet()
    {
        using var reader = new StreamReader(EmbeddedResource.Open("imagenet-1k.csv"));
        return LabelFile.Read(reader, "imagenet-1k.csv");
    }
}
