using System.IO.Compression;
using System.Text;
using Export.Checkpoints;
using Export.Tests.Writers;
using TestKit;
using ZipFile = Export.Tests.Writers.ZipFile;

namespace Export.Tests.Checkpoints;

/// <summary>Files made to harm, or damaged: each is refused with its own reason, and nothing is executed.</summary>
public sealed class HostileCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Open_PickleThatCallsOsSystem_IsRefusedAndNothingRuns(bool legacy)
    {
        string witness = _folder.File("witness");
        byte[] pickle = new PickleWriter().Op('c').Raw("os\nsystem\n"u8.ToArray()).NewText($"touch {witness}").Raw(0x85).Op('R').Stop();
        Refuse(legacy ? LegacyFile.Write(pickle, []) : SampleFiles.Zip(pickle), "'os.system', which is not on the allow-list");
        Assert.False(File.Exists(witness));
    }

    [Theory]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("torchvision.models.resnet", "ResNet")]
    [InlineData("torch", "FloatStorage2")]
    [InlineData("collections", "OrderedDict.fromkeys")]
    public void Open_UnknownGlobal_IsNamed(string module, string name) =>
        Refuse(LegacyFile.Write(new PickleWriter().Global(module, name).Stop(), []), $"'{module}.{name}', which is not on the allow-list");

    public static TheoryData<string, byte[], string> Pickles => new()
    {
        { "stack global", new PickleWriter().NewText("os").NewText("system").Raw(0x93).Stop(), "opcode 0x93" },
        { "instance", new PickleWriter().Op('(').Op('i').Stop(), "opcode 0x69" },
        { "new object", new PickleWriter().Raw(0x81).Stop(), "opcode 0x81" },
        { "call of a string", new PickleWriter().NewText("os").Op(')').Op('R').Stop(), "not a function" },
        { "call of a storage class", new PickleWriter().Global("torch", "FloatStorage").Op(')').Op('R').Stop(), "not a function" },
        { "wrong arity", new PickleWriter().Global("torch._utils", "_rebuild_tensor_v2").Op(')').Op('R').Stop(),
            "called with 0 arguments" },
        { "OrderedDict of arguments", new PickleWriter().Global("collections", "OrderedDict").Op(']').Raw(0x85).Op('R').Stop(),
            "called with 1 arguments" },
        { "state of a dict", new PickleWriter().Op('}').Op('}').Op('b').Stop(), "other than an OrderedDict" },
        { "unwritten memo", new PickleWriter().Op('h').Raw(7).Stop(), "memo entry 7" },
        { "empty stack", new PickleWriter().Op('R').Stop(), "more values from its stack" },
        { "no mark", new PickleWriter().Op('t').Stop(), "more values from its stack" },
        { "two objects", new PickleWriter().Op('N').Op('N').Stop(), "leaves 2 objects" },
        { "protocol 4", new PickleWriter().Raw(0x80, 4).Op('N').Stop(), "protocol 4" },
        { "huge string", new PickleWriter().Op('X').Raw(0xff, 0xff, 0xff, 0xff).Stop(), "a string of 4,294,967,295 bytes" },
        { "huge integer", new PickleWriter().Raw(0x8a, 200).Raw(new byte[200]).Stop(), "integer of 200 bytes" },
        { "not a dictionary", new PickleWriter().Op(']').Stop(), "does not hold a state dictionary" },
        { "no tensors", new PickleWriter().EmptyOrderedDict().Stop(), "holds no tensors" },
        { "not a tensor", new PickleWriter().EmptyOrderedDict().NewText("epoch").Integer(3).Op('s').Stop(), "entry 'epoch'" },
        { "itself", new PickleWriter().Op('}').Put("d").NewText("model").Op('h').Raw(0).Op('s').Stop(), "entry 'model'" },
        { "endless", new PickleWriter().Raw([.. Enumerable.Repeat((byte)'N', 200_000)]).Stop(), "more than 131072 values" },
    };

    [Theory]
    [MemberData(nameof(Pickles))]
    public void Open_MalformedPickle_IsRefused(string what, byte[] pickle, string reason)
    {
        Assert.NotEmpty(what);
        Refuse(LegacyFile.Write(pickle, []), reason);
        Refuse(ZipFile.Write(("archive/data.pkl", pickle)), reason);
    }

    public static TheoryData<string, string> Tensors => new()
    {
        { "offset -1", "claims elements -1" },
        { "offset 1", "claims elements 1 to 1 + 6 of a storage of 6" },
        { "size", "claims elements 0 to 0 + 8" },
        { "overflow", "more elements than can be counted" },
        { "negative size", "a size of -2" },
        { "zero size", "a size of 0" },
        { "rank 5", "has 5 sizes and 5 strides" },
        { "stride rank", "has 2 sizes and 1 strides" },
        { "stride 0", "which skip or repeat elements" },
        { "stride 3", "which skip or repeat elements" },
        { "storage count", "claims 0 elements" },
        { "two descriptions", "described in two ways" },
        { "duplicate", "'conv.weight' occurs twice" },
        { "same elements", "share elements" },
    };

    [Theory]
    [MemberData(nameof(Tensors))]
    public void Open_TensorThatDoesNotFitItsStorage_IsRefused(string what, string reason)
    {
        SavedTensor weight = SampleFiles.Tensors[0], bias = SampleFiles.Tensors[1], counter = SampleFiles.Tensors[2];
        SavedTensor[] tensors = what switch
        {
            "offset -1" => [weight with { Offset = -1 }, bias, counter],
            "offset 1" => [weight with { Offset = 1 }, bias, counter],
            "size" => [weight with { Size = [4, 2] }, bias, counter],
            "overflow" => [weight with { Size = [int.MaxValue, int.MaxValue, int.MaxValue] }, bias, counter],
            "negative size" => [weight with { Size = [-2, -3] }, bias, counter],
            "zero size" => [weight with { Size = [0] }, bias, counter],
            "rank 5" => [weight with { Size = [1, 1, 1, 3, 2] }, bias, counter],
            "stride rank" => [weight with { Stride = [1] }, bias, counter],
            "stride 0" => [weight with { Stride = [0, 0] }, bias, counter],
            "stride 3" => [weight with { Stride = [3, 1] }, bias, counter],
            "storage count" => [weight with { StorageCount = 0 }, bias, counter],
            "two descriptions" => [weight, weight with { Name = "other", StorageCount = 5, Size = [1] }, bias, counter],
            "duplicate" => [weight, weight, bias, counter],
            _ => [weight, weight with { Name = "tied", Size = [2, 3] }, bias, counter],
        };
        Refuse(SampleFiles.Legacy(tensors), reason);
        Refuse(SampleFiles.Zip(StatePickle.Write(tensors, legacy: false)), reason);
    }

    [Fact]
    public void Open_LegacyFileWithWrongCounts_IsRefused()
    {
        byte[] state = StatePickle.Write([new("a", "0", 2, [2])], legacy: true), content = new byte[8];
        Refuse(LegacyFile.Write(state, [("0", 3, content)]), "has 3 elements where the pickle says 2");
        Refuse(LegacyFile.Write(state, [("0", -1, content)]), "has -1 elements");
        Refuse(LegacyFile.Write(state, [("0", 2, content[..4])]), "truncated");
        Refuse([.. LegacyFile.Write(state, [("0", 2, content)]), 0], "1 bytes follow its last storage");
        Refuse(LegacyFile.Write(state, [("1", 2, content)]), "a storage that no tensor uses");
        Refuse(LegacyFile.Write(state, [("0", 2, content), ("0", 2, content)]), "does not name the 1 storages");
        Refuse(LegacyFile.Write(state, [("0", 2, content)], littleEndian: false), "big-endian");
        byte[] two = StatePickle.Write([new("a", "0", 2, [2]), new("b", "1", 2, [2])], legacy: true);
        Refuse(LegacyFile.Write(two, [("0", 2, content), ("0", 2, content)]), "names storage '0' twice");
    }

    [Fact]
    public void Open_UnsafeZip_IsRefused()
    {
        byte[] pickle = StatePickle.Write(SampleFiles.Tensors, legacy: false);
        Refuse(SampleFiles.Zip(pickle, ("archive/../../etc/passwd", [1])), "not a plain relative path");
        Refuse(SampleFiles.Zip(pickle, ("/archive/x", [1])), "not a plain relative path");
        Refuse(SampleFiles.Zip(pickle, ("archive\\x", [1])), "not a plain relative path");
        Refuse(SampleFiles.Zip(pickle, ("other/x", [1])), "one top folder");
        Refuse(SampleFiles.Zip(pickle, ("archive/code/__torch__.py", [1])), "TorchScript");
        Refuse(SampleFiles.Zip(pickle, ("archive/constants.pkl", [1])), "TorchScript");
        Refuse(SampleFiles.Zip(pickle, ("archive/data/99", [1])), "a storage that no tensor uses");
        Refuse(SampleFiles.Zip(pickle, ("archive/version", [1])), "twice");
        Refuse(SampleFiles.Zip(pickle, ("archive/byteorder", "big"u8.ToArray())), "big-endian");
        Refuse(SampleFiles.Zip([.. pickle, 0]), "follow the pickle");
        Refuse(ZipFile.Write(("archive/version", "3\n"u8.ToArray())), "has no data.pkl");
        Refuse(ZipFile.Write(("archive/data.pkl", pickle)), "has no entry");
        Refuse(ZipFile.Write(CompressionLevel.Optimal, ("archive/data.pkl", new byte[1000])), "is compressed");
    }

    [Fact]
    public void Open_ZipWhoseEntriesOverlap_IsRefused()
    {
        byte[] zip = SampleFiles.Zip();
        int second = zip.AsSpan().LastIndexOf("archive/data/9"u8) - 46, first = zip.AsSpan().LastIndexOf("archive/data/11"u8) - 46;
        zip.AsSpan(first + 42, 4).CopyTo(zip.AsSpan(second + 42, 4));
        Refuse(zip, "overlap");
    }

    [Theory]
    [InlineData("not json", "not valid")]
    [InlineData("[]", "not valid")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "not valid")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1e99],\"data_offsets\":[0,8]}}", "not valid")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "where its shape needs 8 bytes")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", "where its shape needs 8 bytes")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "a size of -2")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,8]}}",
        "more elements than can be counted")]
    [InlineData("{\"a\":{\"dtype\":\"F8\",\"shape\":[2],\"data_offsets\":[0,8]}}", "of type 'F8'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "4 bytes follow")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "leaves a gap")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", "truncated")]
    [InlineData(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "overlaps")]
    [InlineData(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "'a' occurs twice")]
    public void Open_HostileSafetensors_IsRefused(string header, string reason)
    {
        // The format is told from the '{' after the length, so a header without one is not safetensors at all.
        string expected = header[0] == '{' ? reason : "neither a PyTorch checkpoint";
        Refuse(SafetensorsFile.Write(header, new byte[8]), expected);
    }

    [Fact]
    public void Open_SafetensorsWithAHugeHeader_IsRefusedBeforeReadingIt()
    {
        Refuse(SafetensorsFile.Write("{}", new byte[8], claimedLength: ulong.MaxValue), "no more than 4,194,304 are accepted");
        Refuse(SafetensorsFile.Write("{}", new byte[8], claimedLength: 1000), "truncated");
    }

    [Fact]
    public void Open_WhatIsNoCheckpoint_IsRefused()
    {
        Refuse([], "it is empty");
        Refuse(Encoding.UTF8.GetBytes("<html>404 Not Found</html>"), "neither a PyTorch checkpoint");
        Refuse([0x80, 0x02, 0x7d, 0x71, 0x00, 0x2e], "neither a PyTorch checkpoint");
        Assert.Contains(
            "it is a directory", Assert.Throws<CheckpointException>(() => Checkpoint.Open(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => Checkpoint.Open(_folder.File("absent.pth")));
    }

    private void Refuse(byte[] bytes, string reason)
    {
        string path = _folder.File("hostile.pth");
        File.WriteAllBytes(path, bytes);
        CheckpointException refused = Assert.Throws<CheckpointException>(() => Checkpoint.Open(path));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains("hostile.pth", refused.Message, StringComparison.Ordinal);
    }
}
