using Imaging;
using Imaging.Decoding;
using ModelStore;

namespace Export.Pictures;

/// <summary>
/// A folder of photographs, prepared exactly as the service prepares uploads. A seeded shuffle divides them: two thirds to
/// calibrate with, the rest to judge the result by. Files that are no readable pictures are skipped and named.
/// </summary>
internal sealed class PictureFolder
{
    /// <summary>Fewest readable pictures: below it neither ranges nor a judgement can be trusted.</summary>
    public const int Fewest = 64;

    /// <summary>Most pictures to calibrate with; more improve nothing.</summary>
    public const int MostToCalibrate = 200;

    /// <summary>Most pictures to judge by: more than enough to tell one percent.</summary>
    public const int MostToJudge = 1_000;

    /// <summary>Of the shuffle.</summary>
    public const int Seed = 1;

    /// <summary>Longest file read; a photograph is far below.</summary>
    private const long MostBytes = 64 << 20;

    private static readonly string[] Endings = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".avif"];

    private readonly string _folder;
    private readonly PreprocessingRecipe _recipe;
    private readonly PictureClasses _classes;
    private readonly ImagePreprocessor _preprocessor = new(new ImagingOptions());
    private readonly string[] _paths;
    private readonly List<string> _skipped = [];

    /// <param name="folder">Searched with its subfolders.</param>
    /// <param name="labels">Of the model.</param>
    /// <param name="recipe">Of the model.</param>
    /// <exception cref="PicturesException">There is no such folder, or it holds too few pictures.</exception>
    public PictureFolder(string folder, LabelSet labels, PreprocessingRecipe recipe)
    {
        (_folder, _recipe) = (folder, recipe);
        if (!Directory.Exists(folder)) throw new PicturesException($"{folder}: there is no such folder of pictures.");
        _classes = new PictureClasses(folder, labels);
        _paths =
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path))
                .Where(path => Endings.Contains(Path.GetExtension(path).ToLowerInvariant()))
                .Order(StringComparer.Ordinal),
        ];
        RequireEnough(_paths.Length);
        new Random(Seed).Shuffle(_paths);
    }

    /// <summary>Unreadable files among those requested so far, each with the reason.</summary>
    public IReadOnlyList<string> Skipped => _skipped;

    /// <summary>Pictures to judge by, damaged ones included.</summary>
    public int JudgedCount => Math.Min(MostToJudge, _paths.Length - CalibrationCount);

    private int CalibrationCount => Math.Min(MostToCalibrate, _paths.Length * 2 / 3);

    /// <summary>The pictures to calibrate with, all in memory.</summary>
    /// <exception cref="PicturesException">Too many of them are damaged.</exception>
    public IReadOnlyList<Picture> Calibration()
    {
        Picture[] pictures = [.. Prepare(_paths.AsMemory(0, CalibrationCount))];
        RequireEnough(_paths.Length - _skipped.Count);
        return pictures;
    }

    /// <summary>The pictures to judge by, a few at a time in memory; to be read after <see cref="Calibration"/>.</summary>
    /// <exception cref="PicturesException">With these, too many are damaged.</exception>
    public IEnumerable<Picture> Judged()
    {
        foreach (Picture picture in Prepare(_paths.AsMemory(CalibrationCount, JudgedCount))) yield return picture;
        RequireEnough(CalibrationCount + JudgedCount - _skipped.Count);
    }

    private void RequireEnough(int found)
    {
        if (found >= Fewest) return;
        throw new PicturesException(
            $"{_folder}: holds {found} readable pictures (JPEG, PNG, WebP, GIF, TIFF, AVIF); at least {Fewest} are needed, " +
            $"{MostToCalibrate * 3 / 2} are enough. They should resemble the model's future pictures.{SkippedText}");
    }

    private string SkippedText => _skipped.Count == 0 ? "" : $" Skipped: {string.Join("; ", _skipped)}.";

    private IEnumerable<Picture> Prepare(ReadOnlyMemory<string> paths)
    {
        const int AtOnce = 16;
        for (int start = 0; start < paths.Length; start += AtOnce)
        {
            ReadOnlyMemory<string> some = paths[start..Math.Min(start + AtOnce, paths.Length)];
            (Picture? Picture, string? Reason)[] prepared = new (Picture?, string?)[some.Length];
            Parallel.For(0, some.Length, index => prepared[index] = Prepare(some.Span[index]));
            foreach ((Picture? picture, string? reason) in prepared)
            {
                if (reason is not null) _skipped.Add(reason);
                if (picture is not null) yield return picture;
            }
        }
    }

    private (Picture? Picture, string? Reason) Prepare(string path)
    {
        try
        {
            string full = Path.Combine(_folder, path);
            if (new FileInfo(full).Length > MostBytes) return (null, $"{path} is longer than {MostBytes:N0} bytes");
            using PreparedImage image = _preprocessor.Preprocess(File.ReadAllBytes(full), _recipe, out _);
            return (new Picture(image.Memory.ToArray(), _classes.Of(path)), null);
        }
        catch (Exception damaged) when (damaged is InvalidImageException or IOException or UnauthorizedAccessException)
        {
            return (null, $"{path}: {damaged.Message}");
        }
    }
}
