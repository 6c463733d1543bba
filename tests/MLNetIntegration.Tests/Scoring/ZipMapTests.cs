using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Serving;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>Models with an output that is no tensor, as scikit-learn's converter writes classifiers: probabilities as a sequence of maps.</summary>
public sealed class ZipMapTests : IDisposable
{
    private readonly MLContext ml = new(seed: 1);
    private readonly string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");

    public void Dispose() => File.Delete(file);

    [Fact]
    public void A_model_with_a_sequence_of_maps_scores_when_its_tensors_are_selected()
    {
        IDataView data = Data();
        var options = new ScoreOnnxOptions { SelectedOutputs = ["doubled"], BatchSize = 4 };
        using BatchOnnxTransformer transformer = ml.ScoreOnnx(Model(), options).Fit(data);
        Check(transformer);
        ml.Model.Save(transformer, data.Schema, file);
        ITransformer loaded = ml.LoadBatched(file, out _);
        Check(loaded);
        Assert.Single(((IEnumerable<ITransformer>)loaded).OfType<BatchOnnxTransformer>()).Dispose();

        void Check(ITransformer scoring)
        {
            IDataView scored = scoring.Transform(data);
            Assert.Equal(Enumerable.Range(0, 10).Select(i => new float[] { 2 * i, 2, -2 * i }), scored.GetColumn<float[]>("doubled"));
        }
    }

    [Fact]
    public void A_sequence_that_is_not_left_out_is_refused_by_its_name()
    {
        foreach (IReadOnlyList<string>? selected in (IReadOnlyList<string>?[])[null, ["output_probability"], ["doubled", "output_probability"]])
        {
            ScoringException error = Assert.Throws<ScoringException>(() => ml.ScoreOnnx(Model(), new ScoreOnnxOptions { SelectedOutputs = selected }).Fit(Data()));
            Assert.Contains("found \"output_probability\", a sequence or a map", error.Message, StringComparison.Ordinal);
            Assert.Contains("SelectedOutputs: \"doubled\"", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_session_serves_the_tensors_and_names_the_rest()
    {
        using OnnxSession session = OnnxSession.Load(Model());
        Assert.Equal(["doubled"], session.Outputs.Select(o => o.Name));
        Assert.Equal(["output_probability"], session.UnservedOutputs);
        var sizes = new Dictionary<string, int> { ["n"] = 1 };
        Assert.Contains("\"output_probability\"", Assert.Throws<ServingException>(() => session.CreateBuffers(sizes)).Message, StringComparison.Ordinal);
        using SessionBuffers buffers = session.CreateBuffers(sizes, ["doubled"]);
        new float[] { 1, 2, 3 }.CopyTo(buffers.InputMemory[0].Span<float>());
        buffers.Run();
        Assert.Equal([2, 4, 6], buffers.OutputMemory[0].Span<float>().ToArray());
    }

    private static byte[] Model()
    {
        NodeProto zip = RawModel.Node("ZipMap", ["x"], "output_probability");
        zip.Domain = "ai.onnx.ml";
        zip.Attribute.Add(new AttributeProto { Name = "classlabels_int64s", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 4, 5, 6 } });
        var maps = new ValueInfoProto
        {
            Name = "output_probability",
            Type = new TypeProto
            {
                SequenceType = new()
                {
                    ElemType = new TypeProto
                    {
                        MapType = new() { KeyType = (int)DataType.Int64, ValueType = new TypeProto { TensorType = new() { ElemType = (int)DataType.Float } } },
                    },
                },
            },
        };
        ModelProto model = ModelProto.Parser.ParseFrom(RawModel.Of(
            [RawModel.Tensor("x", DataType.Float, "n", 3)], [maps, RawModel.Tensor("doubled", DataType.Float, "n", 3)], [zip, RawModel.Node("Add", ["x", "x"], "doubled")]));
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 1 });
        return model.ToByteArray();
    }

    private IDataView Data() => ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => new Row { x = [i, 1, -i] }).ToArray());

    private sealed class Row
    {
        [VectorType(3)]
        public float[] x { get; set; } = [];
    }
}
