using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>A model of several inputs, one a sequence with its lengths, and several outputs, exported and served.</summary>
public sealed class NamedExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<int> Opsets => [13, 17, 21];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Opsets))]
    public void Sequences_and_numbers_serve_the_same_prices_and_marks(int opset)
    {
        var model = new Texts(new RandomSource(1))
        {
            InputFields = [new Field("text", DType.Int64, ["time"]), new Field("size", DType.Float32, [1]), new Field("unread", DType.Float32, [3])],
        };
        string path = folder.File("model.onnx");
        model.ExportOnnx(path, new() { Opset = opset });
        Assert.Empty(ModelCheck.Check(path));
        using OnnxSession session = OnnxSession.Load(path);
        Assert.Equal(["text", "size", "time.length"], session.Inputs.Select(input => input.Name));
        Assert.Equal(["price", "marks"], session.Outputs.Select(output => output.Name));
        foreach ((int batch, int steps) in new[] { (1, 1), (4, 3), (2, 7) })
        {
            var random = new Random(batch);
            Value text = Value.Of([.. Enumerable.Range(0, batch * steps).Select(_ => (long)random.Next(5))], batch, steps);
            Value lengths = Value.Of([.. Enumerable.Range(0, batch).Select(i => (long)(i == 0 ? steps : random.Next(steps + 1)))], batch);
            Parity.Check(session, model.Inference, [text, SmallModels.Random(random, DType.Float32, [batch, 1]), lengths], 1e-5);
        }
    }

    private sealed class Texts(RandomSource random) : Model
    {
        private readonly Embedding words = new(5, 4, random);
        private readonly GlobalPool mean = new(), greatest = new() { Greatest = true };
        private readonly Dense price = new(9, 1, random), marks = new(4, 2, random);

        public override IReadOnlyList<Model> Children => [words, mean, greatest, price, marks];

        protected override Named Build(Named inputs, ForwardContext context)
        {
            Variable steps = words.Forward(inputs["text"], context);
            Variable all = Ops.Concat(1, mean.Forward(steps, context), greatest.Forward(steps, context), inputs["size"]);
            return new Named(("price", price.Forward(all, context)), ("marks", marks.Forward(steps, context)));
        }
    }
}
