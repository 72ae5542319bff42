using System.Globalization;
using System.Text.RegularExpressions;
using ModelStore;

namespace Export.Pictures;

/// <summary>
/// What the pictures of a folder show: by the file labels.csv in it (a header, then lines of file,class with an index or a WordNet
/// identifier), else by identifiers in the paths, as ImageNet's are: n02111889/x.jpg or n02111889_x.jpg.
/// </summary>
internal sealed partial class PictureClasses
{
    /// <summary>Name of the file of classes in a folder of pictures.</summary>
    public const string FileName = "labels.csv";

    private readonly Dictionary<string, int> _byIdentifier = [];
    private readonly Dictionary<string, int>? _byFile;
    private readonly int _classes;

    /// <param name="folder">Where the pictures are.</param>
    /// <param name="labels">Of the model.</param>
    /// <exception cref="PicturesException">labels.csv is there and cannot be understood; names the line.</exception>
    public PictureClasses(string folder, LabelSet labels)
    {
        _classes = labels.Count;
        for (int index = 0; index < labels.Count; index++)
        {
            if (labels[index].Wnid is { } identifier) _byIdentifier.TryAdd(identifier, index);
        }

        string path = Path.Combine(folder, FileName);
        if (File.Exists(path)) _byFile = Read(path);
    }

    /// <summary>The class of a picture, or null.</summary>
    /// <param name="path">Relative to the folder.</param>
    public int? Of(string path)
    {
        string forward = path.Replace(Path.DirectorySeparatorChar, '/');
        if (_byFile is not null) return _byFile.TryGetValue(forward, out int listed) ? listed : null;
        foreach (string part in forward.Split('/').Reverse())
        {
            Match match = Identifier().Match(part);
            if (match.Success && _byIdentifier.TryGetValue(match.Value, out int found)) return found;
        }

        return null;
    }

    private Dictionary<string, int> Read(string path)
    {
        Dictionary<string, int> classes = [];
        int line = 1;
        foreach (string row in File.ReadLines(path).Skip(1))
        {
            line++;
            if (string.IsNullOrWhiteSpace(row)) continue;
            int comma = row.LastIndexOf(',');
            if (comma <= 0 || ClassOf(row[(comma + 1)..].Trim()) is not { } index)
                throw new PicturesException($"{path}: line {line} is not a file and a class of the model: '{row}'.");
            classes[row[..comma].Trim()] = index;
        }

        return classes;
    }

    private int? ClassOf(string text)
    {
        if (_byIdentifier.TryGetValue(text, out int found)) return found;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < _classes ? index : null;
    }

    [GeneratedRegex(@"\An\d{8}(?![0-9A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
