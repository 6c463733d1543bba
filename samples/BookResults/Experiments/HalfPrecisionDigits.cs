using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class HalfPrecisionDigits : DigitClassifier
{
    public override string Name => "half-precision";

    public override string Source => "MNIST in bfloat16 and float16 with float32 master weights (Micikevicius et al. 2018, Mixed precision training)";

    public override string Settings => "784-800-800-10 rectifiers; batches of 100; rate 0.1 → 0, momentum 0.5; the same weights and order in each precision";

    public override int Epochs => 10;

    protected override string Published => "that of float32 ± 0.3";

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.Digits();
        return [.. new[] { TrainingPrecision.Float32, TrainingPrecision.BFloat16, TrainingPrecision.Float16 }.Select(precision =>
        {
            string name = $"{precision}";
            Trainer trainer = Train(laboratory, name, Model(laboratory.Random("weights")), [], train, test, precision: precision);
            return new Figure($"test error % in {name}", Percent(trainer, test), precision == TrainingPrecision.Float32 ? "" : Published);
        })];
    }

    protected override Module Model(RandomSource random) => Rectifiers(random);
}
