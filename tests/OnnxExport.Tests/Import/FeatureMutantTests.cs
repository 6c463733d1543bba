using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Tests.Checking;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Support vector machines and operators on maps with attributes that somebody changed: read and compiled, or refused with an error of ours, in little memory.</summary>
public class FeatureMutantTests
{
    private const int Mutants = 400;
    private const long Limit = 64L << 20;

    private static readonly long[] Extremes = [0, 1, -1, 2, 3, 1 << 16, int.MaxValue, int.MinValue, 1L << 32, long.MaxValue, long.MinValue];
    private static readonly float[] Odd = [0, -1, 1e30f, float.NaN, float.PositiveInfinity];
    private static readonly string[] Words = ["", "NONE", "PROBIT", "SOFTMAX_ZERO", "LINEAR", "RBF", "SPARSE", "TO_STRING", "\0"];

    private static readonly Dictionary<string, Func<ModelProto>> Seeds = new()
    {
        ["shares of four classes"] = () => Machine(new VectorMachine("RBF", 4, 2, 1, 3, 2) { HasShares = true }),
        ["votes of three classes"] = () => Machine(new VectorMachine("POLY", 3, 2, 1, 3)),
        ["linear scores"] = () => Machine(new VectorMachine("LINEAR", 2)),
        ["regressor"] = () => new OneNode("SVMRegressor", 17).In("ai.onnx.ml").Of([1f, 2f, 3f, 4f], 2, 2).With("coefficients", [0.5f, -0.25f]).With("support_vectors", [1f, 0f, -1f, 0.5f])
            .With("kernel_type", "SIGMOID").With("kernel_params", [0.3f, 0.5f, 2f]).With("n_supports", 2).With("rho", [0.125f]).With("one_class", 0).With("post_transform", "LOGISTIC").Model([Value.Zeros(DType.Float32, 2, 1)]),
        ["map of texts"] = () => OfMap(DataType.String, new OneNode("DictVectorizer", 17).In("ai.onnx.ml").With("string_vocabulary", ["a", "b"])),
        ["map of integers"] = () => OfMap(DataType.Int64, new OneNode("DictVectorizer", 17).In("ai.onnx.ml").With("int64_vocabulary", [1L, 2])),
        ["map as a tensor"] = () => OfMap(DataType.Int64, new OneNode("CastMap", 17).In("ai.onnx.ml").With("cast_to", "TO_FLOAT").With("map_form", "SPARSE").With("max_map", 4)),
    };

    public static TheoryData<string> Names => [.. Seeds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutants_are_read_or_refused(string name)
    {
        var random = new System.Random(name.Length);
        int read = 0;
        Function.Compile(OnnxModel.Load(Seeds[name]().ToByteArray()).Signature);
        for (int i = 0; i < Mutants; i++)
        {
            ModelProto model = Seeds[name]();
            for (int changes = random.Next(1, 4); changes > 0; changes--)
                Change(random, model.Graph.Node[0]);
            byte[] bytes = model.ToByteArray();
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Function.Compile(OnnxModel.Load(bytes).Signature);
                read++;
            }
            catch (ToolkitException)
            {
                // As it should be.
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Limit);
        }

        Assert.InRange(read, 1, Mutants - 1);
    }

    private static void Change(System.Random random, NodeProto node)
    {
        if (node.Attribute.Count == 0)
            return;
        AttributeProto attribute = node.Attribute[random.Next(node.Attribute.Count)];
        switch (random.Next(8))
        {
            case 0:
                node.Attribute.Remove(attribute);
                break;
            case 1:
                attribute.Type = (AttributeType)random.Next(12);
                break;
            default:
                if (attribute.HasI)
                    attribute.I = Of(random, Extremes);
                if (attribute.HasS)
                    attribute.S = ByteString.CopyFromUtf8(Of(random, Words));
                Change(random, attribute.Ints, Extremes);
                Change(random, attribute.Floats, Odd);
                Change(random, attribute.Strings, [.. Words.Select(ByteString.CopyFromUtf8)]);
                break;
        }
    }

    private static void Change<T>(System.Random random, IList<T> list, T[] others)
    {
        if (list.Count == 0)
            return;
        int at = random.Next(list.Count);
        switch (random.Next(4))
        {
            case 0:
                list.RemoveAt(at);
                break;
            case 1:
                list.Insert(at, list[random.Next(list.Count)]);
                break;
            case 2:
                list.Clear();
                break;
            default:
                list[at] = Of(random, others);
                break;
        }
    }

    private static T Of<T>(System.Random random, T[] all) => all[random.Next(all.Length)];

    private static ModelProto Machine(VectorMachine machine) => machine.Node().Of([1f, 2f, 3f, 4f, 5f, 6f], 2, 3).Gives(DataType.Int64, DataType.Float)
        .With("classlabels_ints", [.. Enumerable.Range(0, machine.Classes).Select(i => (long)i)]).Model([Value.Zeros(DType.Int64, 2), Value.Zeros(DType.Float32, 2, 1)]);

    private static ModelProto OfMap(DataType key, OneNode node)
    {
        ModelProto model = node.Model([Value.Zeros(DType.Float32, 1, 2)]);
        TypeProto number = GoodModel.Value("x", DataType.Float).Type;
        model.Graph.Input.Add(new ValueInfoProto { Name = "x", Type = new TypeProto { MapType = new() { KeyType = (int)key, ValueType = number } } });
        model.Graph.Node[0].Input.Add("x");
        return model;
    }
}
