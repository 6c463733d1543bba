using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Recurrent modules served as the standard's operators, with batches and sequences of any size.</summary>
public sealed class RecurrentModuleExportTests
{
    public static TheoryData<int, string> Models
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (int opset in new[] { 13, 17, 21 })
            {
                foreach (string kind in new[] { nameof(Recurrent), nameof(Gru), nameof(Lstm) })
                    data.Add(opset, kind);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Sequences_of_different_lengths_are_served_with_the_same_numbers(int opset, string kind)
    {
        foreach (bool lastOnly in new[] { false, true })
        {
            RecurrentModule module = Make(kind, lastOnly, both: true);
            module.InputFields = [new Field("x", DType.Float32, ["time", 2])];
            byte[] exported = OnnxExporter.Export(module.Inference, new OnnxExportOptions { Opset = opset });
            Assert.Empty(ModelCheck.Check(exported));
            using OnnxSession session = OnnxSession.Load(exported);
            foreach ((int batch, int steps) in new[] { (1, 1), (4, 3), (2, 9) })
            {
                var random = new Random(batch);
                Value lengths = Value.Of([.. Enumerable.Range(0, batch).Select(i => (long)(i == 0 ? steps : random.Next(steps + 1)))], batch);
                Parity.Check(session, module.Inference, [SmallModels.Random(random, DType.Float32, [batch, steps, 2]), lengths], 1e-5);
            }
        }
    }

    /// <summary>Whole sequences of one length, and the same model step by step with its states as inputs and outputs.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Sequences_of_one_length_are_served_whole_and_in_pieces(int opset, string kind)
    {
        RecurrentModule module = Make(kind, lastOnly: false, both: false);
        Variable x = Variable.Input("x", DType.Float32, ["batch", "time", 2]);
        var context = new ForwardContext(Mode.Inference);
        Variable[] states = [.. module.Zero(x).Keys.Select(name => Variable.Input(name, DType.Float32, ["batch", 2, 3]))];
        Named pieces = module.Forward(new Named([("input", x), .. states.Select(state => (state.Name!, state))]), context);
        var whole = new Signature([x], [new Output("output", module.Forward(x, context))]);
        var piece = new Signature([x, .. states], [.. pieces.Select(result => new Output($"{result.Key}.after", result.Value))]);
        foreach (Signature signature in new[] { whole, piece })
        {
            Assert.Equal(2, signature.Nodes.Count(node => node.Operation is RecurrentOperation));
            byte[] exported = OnnxExporter.Export(signature, new OnnxExportOptions { Opset = opset });
            Assert.Empty(ModelCheck.Check(exported));
            using OnnxSession session = OnnxSession.Load(exported);
            foreach ((int batch, int steps) in new[] { (1, 1), (4, 3), (2, 9) })
            {
                var random = new Random(batch + 7);
                Value[] given = [.. signature.Inputs.Skip(1).Select(_ => SmallModels.Random(random, DType.Float32, [batch, 2, 3]))];
                Parity.Check(session, signature, [SmallModels.Random(random, DType.Float32, [batch, steps, 2]), .. given], 1e-5);
            }
        }
    }

    private static RecurrentModule Make(string kind, bool lastOnly, bool both)
    {
        var random = new RandomSource(7);
        return kind switch
        {
            nameof(Recurrent) => new Recurrent(2, 3, random) { Layers = 2, Bidirectional = both, LastOnly = lastOnly },
            nameof(Gru) => new Gru(2, 3, random) { Layers = 2, Bidirectional = both, LastOnly = lastOnly, LinearBeforeReset = both },
            _ => new Lstm(2, 3, random) { Layers = 2, Bidirectional = both, LastOnly = lastOnly },
        };
    }
}
