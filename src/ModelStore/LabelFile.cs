using System.Globalization;

namespace ModelStore;

/// <summary>The two forms of a label file: CSV with the header index,wnid,label (names quoted, quotes doubled), or a name a line.</summary>
internal static class LabelFile
{
    private const string Header = "index,wnid,label";
    private const int MaxLineLength = 1_000;

    public static LabelSet Read(TextReader reader, string path)
    {
        var labels = new List<ClassLabel>();
        bool csv = false;
        int lineNumber = 0;
        while (reader.ReadLine() is { } line)
        {
            lineNumber++;
            if (line.Length > MaxLineLength) throw Failure(path, lineNumber, $"is longer than {MaxLineLength} characters");
            if (lineNumber == 1) line = line.TrimStart('\uFEFF');
            if (lineNumber == 1 && line.Trim() == Header)
            {
                csv = true;
                continue;
            }

            if (string.IsNullOrWhiteSpace(line)) continue;
            if (labels.Count == LabelSet.MaxClasses)
                throw Failure(path, lineNumber, $"is beyond the limit of {LabelSet.MaxClasses} classes");
            labels.Add(csv ? ParseRow(line, labels.Count, path, lineNumber) : new ClassLabel(labels.Count, null, line.Trim()));
        }

        return labels.Count > 0
            ? LabelSet.Of([.. labels]) : throw new ModelStoreException($"{path}: the file names no classes.") { Fault = StoreFault.Labels };
    }

    public static void Write(TextWriter writer, IEnumerable<ClassLabel> labels)
    {
        writer.WriteLine(Header);
        foreach (ClassLabel label in labels)
        {
            string name = label.Name.Replace("\"", "\"\"", StringComparison.Ordinal);
            writer.WriteLine($"{label.Index.ToString(CultureInfo.InvariantCulture)},{label.Wnid},\"{name}\"");
        }
    }

    private static ClassLabel ParseRow(string line, int expected, string path, int lineNumber)
    {
        string[] fields = line.Split(',', 3);
        if (fields.Length != 3) throw Failure(path, lineNumber, $"does not have the three fields {Header}");
        if (!int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index != expected)
            throw Failure(path, lineNumber, $"has index '{fields[0]}' where {expected} is expected");

        string name = fields[2].Trim();
        if (name.Length >= 2 && name[0] == '"' && name[^1] == '"')
            name = name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);
        if (name.Length == 0) throw Failure(path, lineNumber, "has no label");
        return new ClassLabel(index, fields[1].Length == 0 ? null : fields[1], name);
    }

    private static ModelStoreException Failure(string path, int line, string what) =>
        new($"{path}: line {line} {what}.") { Fault = StoreFault.Labels };
}
