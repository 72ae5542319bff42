using System.Text;

namespace InferenceApi.Tests.Docs;

/// <summary>
/// The format of requests/*.http as editors read it: <c>@name = value</c>, requests behind <c>###</c>, <c>{{name}}</c>, and
/// <c>&lt; path</c> for a file's bytes in place of a line.
/// </summary>
internal static class RequestFile
{
    /// <param name="Title">Behind the three hashes.</param>
    /// <param name="Method">As written.</param>
    /// <param name="Url">With variables filled in.</param>
    /// <param name="Headers">In order.</param>
    /// <param name="Body">Empty for none.</param>
    public sealed record Request(string Title, string Method, Uri Url, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
    {
        public override string ToString() => Title;
    }

    /// <param name="text">Of the file.</param>
    /// <param name="read">Gives the bytes of a file that a body names.</param>
    /// <exception cref="FormatException">A request has no request line, a header no colon, or a variable no value.</exception>
    public static IReadOnlyList<Request> Parse(string text, Func<string, byte[]> read)
    {
        string[] blocks = text.ReplaceLineEndings("\n").Split("\n### ");
        var variables = blocks[0].Split('\n').Where(line => line.StartsWith('@'))
            .Select(line => line[1..].Split('=', 2, StringSplitOptions.TrimEntries))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return [.. blocks.Skip(1).Select(block => ParseBlock(Fill(block, variables), read))];
    }

    private static Request ParseBlock(string block, Func<string, byte[]> read)
    {
        string[] lines = block.TrimEnd('\n').Split('\n');
        int blank = Array.IndexOf(lines, "");
        string[] head = blank < 0 ? lines : lines[..blank];
        string[] first = head.Length > 1 ? head[1].Split(' ') : [];
        bool complete = first.Length == 2 && first[1].StartsWith("http://", StringComparison.Ordinal);
        if (!complete) throw new FormatException($"'{head[0]}' has no request line.");
        return new Request(
            head[0], first[0], new Uri(first[1]), [.. head.Skip(2).Select(Header)], blank < 0 ? [] : Body(lines[(blank + 1)..], read));
    }

    private static KeyValuePair<string, string> Header(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 ? new(line[..colon], line[(colon + 1)..].Trim()) : throw new FormatException($"'{line}' is no header.");
    }

    // Lines end as HTTP's parts do, but the last one with the body.
    private static byte[] Body(string[] lines, Func<string, byte[]> read)
    {
        using var body = new MemoryStream();
        for (int i = 0; i < lines.Length; i++)
        {
            if (i > 0) body.Write("\r\n"u8);
            body.Write(lines[i].StartsWith("< ", StringComparison.Ordinal) ? read(lines[i][2..].Trim()) : Encoding.UTF8.GetBytes(lines[i]));
        }

        return body.ToArray();
    }

    private static string Fill(string text, Dictionary<string, string> variables)
    {
        foreach ((string name, string value) in variables) text = text.Replace("{{" + name + "}}", value, StringComparison.Ordinal);
        return text.Contains("{{", StringComparison.Ordinal) ? throw new FormatException("A variable has no value.") : text;
    }
}
