using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Import;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>
/// A network that has learned from photographs on few pictures of another kind: a new head alone, then the head with the last block, against the same network from fresh weights on the same pictures.
/// </summary>
/// <param name="Start">The value that the last block reads.</param>
/// <param name="End">The value on which the head stands, maps of features.</param>
/// <param name="Block">Patterns of the names of the parameters of the last block.</param>
internal sealed record PictureStudy(string Start, string End, IReadOnlyList<string> Block)
{
    private const int HeadEpochs = 30;

    /// <summary>The ResNet-18 of the package Microsoft.ML.DnnImageFeaturizer.ResNet18, whose last block has these numbers.</summary>
    public static PictureStudy ResNet18 { get; } =
        new("ReLU379_Output_0", "ReLU393_Output_0", ["Parameter14", "Parameter403", "Parameter404", "Parameter10", "Parameter417", "Parameter418"]);

    /// <summary>Does it.</summary>
    /// <param name="options">Model and training.</param>
    /// <param name="pictures">What is learned from and measured with.</param>
    /// <param name="cancellation">Ends it early.</param>
    public IEnumerable<StudyFigure> Run(StudyOptions options, PictureSets pictures, CancellationToken cancellation)
    {
        OnnxModel file = OnnxModel.Load(options.Model, cancellation: cancellation);
        int classes = pictures.Train.Layout.ClassCount, width = (int)file.Values[End].Shape[1].Size;

        // What is frozen gives the same features in every epoch: they are computed once.
        var body = new SignatureModel(file.Cut(Start).Frozen("*").Inference);
        PictureSets maps = pictures.Map(set => Features(body, set, options));
        var block = new Sequential(new SignatureModel(LastBlock(file.Frozen("*"))), new GlobalPool());
        PictureSets features = maps.Map(set => Features(block, set, options));

        var head = new PictureWay("head", seed => Head(width, classes, seed), features, HeadEpochs, 0.003);
        PictureTrial heads = head.Run(options, cancellation);
        yield return heads.Figure;

        // The head goes on from there, with the last block.
        var tuned = new PictureWay(
            "last block",
            seed =>
            {
                Sequential learned = Head(width, classes, seed);
                head.Train(learned, seed, heads.Rate, options, cancellation);
                OnnxModel again = OnnxModel.Load(options.Model, cancellation: cancellation).Frozen("*").Trainable(Block);
                return new Sequential(new SignatureModel(LastBlock(again)), new GlobalPool(), learned);
            },
            maps,
            options.Epochs,
            0.0003);
        yield return tuned.Run(options, cancellation).Figure;

        var fresh = new PictureWay(
            "from scratch",
            seed =>
            {
                OnnxModel whole = OnnxModel.Load(options.Model, cancellation: cancellation).Cut(End);
                Renew(whole.Parameters, new RandomSource(seed).Fork("fresh"));
                return new Sequential(new SignatureModel(whole.Inference), new GlobalPool(), Head(width, classes, seed));
            },
            pictures,
            options.Epochs,
            0.001);
        yield return fresh.Run(options, cancellation).Figure;
    }

    private static Sequential Head(int width, int classes, ulong seed) => new(new BatchNormalization(width), new Dense(width, classes, new RandomSource(seed).Fork("head")));

    private static Dataset Features(Module body, Dataset pictures, StudyOptions options)
    {
        Value features = body.Predict(pictures, options.Execution);
        return Dataset.FromLabels(features.ToArray<float>(), [.. features.Sizes[1..]], pictures.Labels.ToArray(), pictures.Layout.ClassCount);
    }

    /// <summary>The part of the file between the two values.</summary>
    private Signature LastBlock(OnnxModel file)
    {
        Variable start = file.Values[Start];
        var input = Variable.Input("maps", start.DType, start.Shape);
        var substitution = new Substitution(new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance) { [start] = input });
        return new Signature([input], [new Output("features", substitution.Map(file.Values[End]))], name: "block");
    }

    /// <summary>Fresh weights: normal ones of variance 2/fan-in (He et al. 2015), normalizations that change nothing.</summary>
    private static void Renew(IEnumerable<Parameter> parameters, RandomSource random)
    {
        foreach (Parameter parameter in parameters)
        {
            Span<float> numbers = parameter.Value.Span<float>();
            if (parameter.Role == ParameterRole.Weight && parameter.Value.Rank == 4)
                random.FillNormal(numbers, 0, Math.Sqrt(2.0 * parameter.Value.Sizes[0] / parameter.Value.Count));
            else
                numbers.Fill(parameter.Role == ParameterRole.Scale ? 1 : 0);
        }
    }
}
