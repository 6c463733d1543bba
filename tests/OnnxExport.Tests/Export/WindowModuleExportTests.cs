using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Convolutions and poolings served for batches and images of any size.</summary>
public sealed class WindowModuleExportTests
{
    private static RandomSource Random => new(7);

    private static Dictionary<string, (int Axes, Func<Module> Make)> Modules { get; } = new()
    {
        ["conv1"] = (1, () => new Conv1D(4, 6, 3, Random) { Stride = 2, Pads = [2, 0], Groups = 2 }),
        ["depthwise"] = (2, () => new Conv2D(4, 4, [3, 2], Random) { Groups = 4, Padding = Padding.Same, Dilation = [1, 2] }),
        ["conv3"] = (3, () => new Conv3D(4, 2, [2, 1, 3], Random) { Padding = Padding.Same, Stride = [1, 2, 1] }),
        ["transposed1"] = (1, () => new ConvTranspose1D(4, 6, 3, Random) { Stride = 2, Padding = Padding.Same, OutputPadding = 1 }),
        ["transposed2"] = (2, () => new ConvTranspose2D(4, 2, [2, 3], Random) { Stride = [2, 1], Groups = 2, Pads = [1, 0, 0, 1] }),
        ["transposed3"] = (3, () => new ConvTranspose3D(4, 2, 2, Random) { Stride = [1, 2, 1] }),
        ["max1"] = (1, () => new MaxPool1D(3) { Stride = 2, Pads = [1, 0] }),
        ["max2"] = (2, () => new MaxPool2D([2, 3]) { Stride = [2, 1], Padding = Padding.Same }),
        ["max3"] = (3, () => new MaxPool3D([1, 2, 2]) { Dilation = [1, 2, 1] }),
        ["average1"] = (1, () => new AveragePool1D(3) { Padding = Padding.Same, Stride = 1 }),
        ["average2"] = (2, () => new AveragePool2D([3, 2]) { Stride = 1, Pads = [1, 1, 2, 0] }),
        ["average3"] = (3, () => new AveragePool3D([2, 1, 2]) { Stride = 1 }),
        ["global"] = (3, () => new GlobalPool()),
        ["greatest"] = (1, () => new GlobalPool { Greatest = true }),
    };

    public static TheoryData<int, string> Models
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (int opset in new[] { 13, 17, 21 })
            {
                foreach (string name in Modules.Keys)
                    data.Add(opset, name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Images_of_any_size_are_served_with_the_same_numbers(int opset, string name)
    {
        (int axes, Func<Module> make) = Modules[name];
        Dim[] sizes = ["depth", "height", "width"];
        Variable x = Variable.Input("x", DType.Float32, ["batch", 4, .. sizes[^axes..]]);
        var signature = new Signature([x], [new Output("output", make().Forward(x, new ForwardContext(Mode.Inference)))]);
        byte[] exported = OnnxExporter.Export(signature, new OnnxExportOptions { Opset = opset });
        Assert.Empty(ModelCheck.Check(exported));
        using OnnxSession session = OnnxSession.Load(exported);
        foreach (int[] shape in new int[][] { [1, 5, 4, 7], [3, 4, 6, 3] })
            Parity.Check(session, signature, [SmallModels.Random(new Random(opset), DType.Float32, [shape[0], 4, .. shape[^axes..]])], 1e-5);
    }
}
