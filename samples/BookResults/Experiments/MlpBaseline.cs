using Toolkit.Modeling;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class MlpBaseline : DigitClassifier
{
    public override string Name => "mlp";

    public override string Source => "MNIST without a regularizer (Simard et al. 2003, quoted by Srivastava et al. 2014, table 2)";

    public override string Settings => "784-800-800-10 rectifiers; batches of 100; rate 0.1 → 0, momentum 0.5";

    protected override string Published => "1.60";

    protected override Module Model(RandomSource random) => Rectifiers(random);
}
