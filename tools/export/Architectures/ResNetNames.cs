using System.Globalization;
using System.Text.RegularExpressions;

namespace Export.Architectures;

/// <summary>Names of the family's members, as torchvision spells them, in both directions.</summary>
public static partial class ResNetNames
{
    private static readonly (string Name, bool Bottleneck, int[] Blocks)[] Depths =
    [
        ("18", false, [2, 2, 2, 2]),
        ("34", false, [3, 4, 6, 3]),
        ("50", true, [3, 4, 6, 3]),
        ("101", true, [3, 4, 23, 3]),
        ("152", true, [3, 8, 36, 3]),
    ];

    /// <summary>What names look like, for messages.</summary>
    public const string Rule =
        "resnet18, 34, 50, 101 or 152; wide_resnet50_2; resnext101_32x8d and the like; " +
        "resnet_basic_1-1-1-1 or resnet_bottleneck_1-2-2-1_32x4d for others";

    /// <summary>The name of an architecture; for one without a published name, its blocks and width.</summary>
    public static string NameOf(ResNetArchitecture architecture)
    {
        (int groups, int width) = (architecture.Groups, architecture.WidthPerGroup);
        string? depth = Depths.FirstOrDefault(
            depth => depth.Bottleneck == architecture.Bottleneck && depth.Blocks.SequenceEqual(architecture.Blocks)).Name;
        if (depth is not null && groups == 1 && width == 64) return "resnet" + depth;
        if (depth is not null && groups == 1 && width == 128) return $"wide_resnet{depth}_2";
        if (depth is not null && groups > 1) return $"resnext{depth}_{groups}x{width}d";
        string kind = architecture.Bottleneck
            ? $"bottleneck_{string.Join('-', architecture.Blocks)}_{groups}x{width}d"
            : $"basic_{string.Join('-', architecture.Blocks)}";
        return "resnet_" + kind;
    }

    /// <summary>The architecture of that name, or null.</summary>
    /// <param name="name">As <see cref="NameOf"/> gives it.</param>
    /// <param name="classes">Length of a row of logits, positive.</param>
    public static ResNetArchitecture? Find(string name, int classes)
    {
        Match match = Pattern().Match(name);
        if (!match.Success) return null;
        bool wide = match.Groups["wide"].Success;
        (string Name, bool Bottleneck, int[] Blocks) depth = Depths.FirstOrDefault(depth => depth.Name == match.Groups["depth"].Value);
        int[] blocks = depth.Blocks ?? [.. match.Groups["blocks"].Value.Split('-').Select(Number)];
        bool bottleneck = depth.Blocks is null ? match.Groups["kind"].Value == "bottleneck" : depth.Bottleneck;
        int groups = match.Groups["groups"].Success ? Number(match.Groups["groups"].Value) : 1;
        int width = match.Groups["width"].Success ? Number(match.Groups["width"].Value) : wide ? 128 : 64;
        if (!bottleneck && (groups, width) != (1, 64)) return null;
        return new ResNetArchitecture(bottleneck, blocks, groups, width, classes);
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"\A(?:resnet(?<depth>18|34|50|101|152)|(?<wide>wide_)resnet(?<depth>50|101|152)_2" +
        @"|resnext(?<depth>50|101|152)_(?<groups>[1-9]\d{0,2})x(?<width>[1-9]\d{0,2})d" +
        @"|resnet_(?:(?<kind>basic)_(?<blocks>[1-9]\d?(?:-[1-9]\d?){3})" +
        @"|(?<kind>bottleneck)_(?<blocks>[1-9]\d?(?:-[1-9]\d?){3})_(?<groups>[1-9]\d{0,2})x(?<width>[1-9]\d{0,2})d))\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
