using Export.Checkpoints;
using Export.Tests.Oracle;
using Export.Weights;
using TestKit;

namespace Export.Tests.Checkpoints;

/// <summary>Files that PyTorch itself saves here and now.</summary>
public sealed class LiveTorchTests
{
    private const string Save = """
        import sys, collections, torch, torchvision
        torch.manual_seed(7)
        m = torchvision.models.resnet18(num_classes=11)
        s = m.state_dict()
        plain = collections.OrderedDict((k, v) for k, v in s.items() if not k.endswith('num_batches_tracked'))
        torch.save(plain, sys.argv[1] + '/plain.pth', _use_new_zipfile_serialization=False)
        torch.save(s, sys.argv[1] + '/legacy.pth', _use_new_zipfile_serialization=False)
        torch.save(s, sys.argv[1] + '/zip.pth')
        o = torch.optim.SGD(m.parameters(), 0.0, momentum=0.9)
        m(torch.zeros(2, 3, 64, 64)).sum().backward(); o.step()
        w = torch.nn.DataParallel(m).to(memory_format=torch.channels_last)
        torch.save({'epoch': 3, 'arch': 'resnet18', 'state_dict': w.state_dict(), 'best_acc1': torch.tensor(71.5),
            'optimizer': o.state_dict()}, sys.argv[1] + '/training.pth')
        torch.save(m, sys.argv[1] + '/module.pth')
        torch.jit.script(torch.nn.ReLU()).save(sys.argv[1] + '/script.pth')
        """;

    [TorchFact]
    public void Open_FilesOfPyTorch_GiveTheSameTensorsOrARefusal()
    {
        using TemporaryFolder folder = new();
        _ = Torch.Run("-c", Save, folder.Path);
        using Checkpoint plain = Checkpoint.Open(folder.File("plain.pth"));
        Assert.Equal("resnet18", ResNetRecognition.Recognise(plain).Name);
        foreach (string name in new[] { "legacy.pth", "zip.pth", "training.pth" })
        {
            using Checkpoint other = Checkpoint.Open(folder.File(name));
            Assert.Equal(11, ResNetRecognition.Recognise(other).Classes);
            foreach (CheckpointTensor tensor in plain.Tensors.Where(tensor => !tensor.Name.Contains("running", StringComparison.Ordinal)))
                Assert.True(Read(plain, tensor.Name).AsSpan().SequenceEqual(Read(other, tensor.Name)), $"{name}: {tensor.Name}");
        }

        Assert.Contains("save model.state_dict()",
            Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.File("module.pth"))).Message, StringComparison.Ordinal);
        Assert.Contains("TorchScript", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.File("script.pth"))).Message,
            StringComparison.Ordinal);
    }

    private static float[] Read(Checkpoint checkpoint, string name)
    {
        CheckpointTensor tensor = checkpoint.Find(name) ?? throw new InvalidOperationException(name);
        float[] values = new float[tensor.Count];
        checkpoint.Read(tensor, 0, values);
        return values;
    }
}
