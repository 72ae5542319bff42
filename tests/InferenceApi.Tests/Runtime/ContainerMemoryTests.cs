using InferenceApi.Runtime;
using TestKit;

namespace InferenceApi.Tests.Runtime;

public sealed class ContainerMemoryTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Version2_InAContainer_IsTheGroupItSees()
    {
        Write("proc/self/cgroup", "0::/\n");
        Write("sys/fs/cgroup/memory.max", "2147483648\n");

        Assert.Equal(2147483648, ContainerMemory.Limit(_root.Path));
    }

    [Fact]
    public void Version2_UnderALowerGroup_IsTheLowestOnTheWayUp()
    {
        Write("proc/self/cgroup", "0::/kube.slice/pod/container\n");
        Write("sys/fs/cgroup/kube.slice/pod/container/memory.max", "max\n");
        Write("sys/fs/cgroup/kube.slice/pod/memory.max", "1000000\n");
        Write("sys/fs/cgroup/kube.slice/memory.max", "5000000\n");

        Assert.Equal(1000000, ContainerMemory.Limit(_root.Path));
    }

    [Fact]
    public void Version1_InAContainer_IsItsTop_ThoughThePathIsTheHosts()
    {
        Write("proc/self/cgroup", "9:name=systemd:/x\n4:cpu,memory:/docker/abc\n0::/\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "3000000\n");

        Assert.Equal(3000000, ContainerMemory.Limit(_root.Path));
    }

    [Theory]
    [InlineData("0::/\n", "sys/fs/cgroup/memory.max", "max\n")]
    [InlineData("4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")]
    [InlineData("nothing of the kind\n", "sys/fs/cgroup/memory.max", "1000\n")]
    public void NoLimit_IsNone(string groups, string file, string text)
    {
        Write("proc/self/cgroup", groups);
        Write(file, text);

        Assert.Null(ContainerMemory.Limit(_root.Path));
    }

    [Fact]
    public void NoControlGroups_IsNone() => Assert.Null(ContainerMemory.Limit(_root.Path));

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
